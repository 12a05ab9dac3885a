"""A number has more digits than its column.

`NUMERIC(10, 2)` means nothing to SQLite. On Postgres the column holds eight digits before the point, and a
larger number is refused (22003). A float has its limits as well: what SQLite reads as infinity, `9e999`, is out
of range.

Declare the precision that the largest sum needs, and validate what comes from the outside.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE prices (price NUMERIC(4, 2))")
    connection.exec_driver_sql("INSERT INTO prices VALUES (123456)")
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE prices (price NUMERIC(12, 2))")
    connection.exec_driver_sql("INSERT INTO prices VALUES (123456)")
```
"""

import re

from diglot.parity.difference import Difference

FIX = "declare the precision that the largest value needs, and validate it"
RANK = 10

_RANGE = re.compile(
    r"numeric field overflow|is out of range for type (?:double precision|real)|value out of range: (?:over|under)flow"
)


def matches(difference: Difference) -> bool:
    """Postgres refuses a decimal or a float for its size."""
    return bool(_RANGE.search(difference.message("postgresql")))
