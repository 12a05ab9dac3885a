"""A boolean is compared with a number.

SQLite has no boolean type: TRUE is 1, so that `active = 1` works. Postgres has one, and no operator that
compares it with an integer: the statement fails (42883).

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (id INTEGER, active BOOLEAN)")
    connection.execute(sa.text("SELECT id FROM flags WHERE active = 1"))
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (id INTEGER, active BOOLEAN)")
    connection.execute(sa.text("SELECT id FROM flags WHERE active"))
```
"""

import re

from diglot.parity.difference import Difference

FIX = "compare with True or False, or write `WHERE active` and `WHERE NOT active`"
RANK = 10

_OPERATOR = re.compile(
    r"operator does not exist: (boolean .* (integer|smallint|bigint)|(integer|smallint|bigint) .* boolean)"
)


def matches(difference: Difference) -> bool:
    """Postgres found no operator between a boolean and a number."""
    return difference.code("postgresql") == "42883" and bool(_OPERATOR.search(difference.message("postgresql")))
