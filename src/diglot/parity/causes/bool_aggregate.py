"""Booleans are summed up or compared by an aggregate.

On SQLite a boolean is a number: `sum(active)` counts the true ones, `max(active)` asks whether there is one.
Postgres has none of these functions for booleans (42883).

Count the rows that fulfil the condition, or turn the boolean into a number with CASE. Postgres's own `bool_or`
and `bool_and` do not exist on SQLite.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (active BOOLEAN)")
    connection.execute(sa.text("SELECT sum(active) AS n FROM flags")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (active BOOLEAN)")
    connection.execute(sa.text("SELECT sum(CASE WHEN active THEN 1 ELSE 0 END) AS n FROM flags")).all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "write `sum(CASE WHEN active THEN 1 ELSE 0 END)`, or count with a WHERE"
RANK = 10

_MISSING = re.compile(r"function (?:sum|avg|min|max|total)\(boolean\) does not exist")


def matches(difference: Difference) -> bool:
    """Postgres has no such aggregate for booleans."""
    return bool(_MISSING.search(difference.message("postgresql")))
