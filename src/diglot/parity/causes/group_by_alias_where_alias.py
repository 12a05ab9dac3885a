"""A column's alias is used in WHERE, HAVING or an expression of ORDER BY.

SQLite finds a name of the select list anywhere in the statement. Postgres knows it in GROUP BY, and in ORDER BY when
it stands alone; elsewhere the column does not exist (42703), because WHERE and HAVING are worked out before the
select list.

Repeat the expression, or put the statement into a subquery and filter outside. Core repeats it by itself.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE entries (amount INTEGER)"))
    connection.execute(sa.text("SELECT amount * 2 AS doubled FROM entries WHERE doubled > 1")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE entries (amount INTEGER)"))
    connection.execute(sa.text("SELECT amount * 2 AS doubled FROM entries WHERE amount * 2 > 1")).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import select_list

FIX = "repeat the expression, or filter outside of a subquery that names it"
RANK = 15

_MISSING = re.compile(r'column "([^"]+)" does not exist')


def matches(difference: Difference) -> bool:
    """Postgres has no column of a name that the select list gives to an expression."""
    if not fails_alone(difference, "postgresql", "42703"):
        return False
    missing = _MISSING.search(difference.message("postgresql"))
    if missing is None:
        return False
    alias = re.compile(rf'[^.] (?:as )?"?{re.escape(missing[1].lower())}"?$')
    return any(alias.search(item.lower()) for item in select_list(difference.sql()))
