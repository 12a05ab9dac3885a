"""A NUMERIC column that holds whole numbers is divided.

SQLite stores the 5.00 of a NUMERIC column as the integer 5, and divides integers: `price / 2` is 2. Postgres
computes 2.5. The next row, 5.01, is divided as SQLite's float, so that the mistake depends on the data.

Averages, shares and prices per unit are silently wrong on SQLite, for round amounts only.

Divide by a float, CAST, or use Core's division.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE prices (price NUMERIC(10, 2))")
    connection.exec_driver_sql("INSERT INTO prices VALUES (5.00)")
    connection.execute(sa.text("SELECT price / 2 AS half FROM prices")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE prices (price NUMERIC(10, 2))")
    connection.exec_driver_sql("INSERT INTO prices VALUES (5.00)")
    connection.execute(sa.text("SELECT CAST(price AS DOUBLE PRECISION) / 2 AS half FROM prices")).all()
```
"""

import math
from decimal import Decimal

from diglot.parity.cell import behind
from diglot.parity.difference import Difference

FIX = "CAST to DOUBLE PRECISION, or use Core's `/`"
RANK = 5


def matches(difference: Difference) -> bool:
    """A quotient lost its fraction on SQLite."""
    one, other = difference.sqlite_value, difference.postgresql_value
    if difference.kind != "value" or type(one) is not int or not isinstance(other, float | Decimal):
        return False
    return "/" in behind(difference) and math.isfinite(other) and one == math.trunc(other)
