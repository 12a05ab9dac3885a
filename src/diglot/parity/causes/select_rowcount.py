"""The code asks a SELECT for its rowcount.

SQLite steps through the rows as they are fetched and does not know how many there will be: `rowcount` is -1.
psycopg2 has received them all and says how many.

A condition such as `if result.rowcount:` holds on both for another reason; `rowcount == 0` and `rowcount > 0`
come out differently. Nothing is raised.

Take `len(result.all())`, or ask the database for `count(*)`.

## Bad

```python
with diglot.connect() as connection:
    found = connection.execute(sa.text("SELECT 1 AS n UNION ALL SELECT 2")).rowcount
    connection.execute(sa.text("SELECT 'found' AS answer WHERE :found > 0"), {"found": found}).all()
```

## Good

```python
with diglot.connect() as connection:
    found = len(connection.execute(sa.text("SELECT 1 AS n UNION ALL SELECT 2")).all())
    connection.execute(sa.text("SELECT 'found' AS answer WHERE :found > 0"), {"found": found}).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.cell import parameter_pairs
from diglot.parity.difference import Difference
from diglot.parity.evidence import statements_before

FIX = "use `len(result.all())` or `SELECT count(*)`"
RANK = 5

_ASSERTED = re.compile(r"\browcount\b")
_UNKNOWN = re.compile(r"(?<![\w.])-1\b")


def matches(difference: Difference) -> bool:
    """A -1 on SQLite is a number of rows on Postgres, after a SELECT."""
    if not any(sqltext.verb(statement.sql) == "select" for statement in statements_before(difference, "sqlite")):
        return False
    pairs = [*parameter_pairs(difference), (difference.sqlite_value, difference.postgresql_value)]
    if any(one == -1 and type(one) is type(other) is int and other >= 0 for one, other in pairs):
        return True
    message = difference.message("postgresql") or difference.message("sqlite")
    return bool(_ASSERTED.search(message) and _UNKNOWN.search(message))
