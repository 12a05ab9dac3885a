"""A text stands in double quotes.

In SQL double quotes are for names. SQLite takes a name in double quotes for a text when there is no such column;
Postgres says that the column does not exist (42703).

The worst case is silent on SQLite: a quoted column name with a typing error becomes a constant text in every row,
and a WHERE with it is never true.

Put texts in single quotes, or better into parameters.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (name TEXT)"))
    connection.execute(sa.text('SELECT name FROM people WHERE name = "ann"')).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (name TEXT)"))
    connection.execute(sa.text("SELECT name FROM people WHERE name = :name"), {"name": "ann"}).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "put texts in single quotes or into parameters; double quotes are for names"
RANK = 10

_MISSING = re.compile(r'column "((?:[^"]|"")*)" does not exist')
_MEANT = re.compile(r'Perhaps you meant to reference the column "(?:[^".]+\.)?([^"]+)"')


def matches(difference: Difference) -> bool:
    """Postgres has no column of the name that the statement quotes, without a table before it."""
    message = difference.message("postgresql")
    missing = _MISSING.search(message) if fails_alone(difference, "postgresql", "42703") else None
    if missing is None or not re.search(rf'(?<!\.)"{re.escape(missing[1])}"', difference.sql()):
        return False
    meant = _MEANT.search(message)
    return meant is None or meant[1].lower() != missing[1].lower()  # else a name is quoted in another case
