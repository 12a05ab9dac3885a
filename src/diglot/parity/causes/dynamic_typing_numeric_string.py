"""SQLite made a number of a text that looks like one.

A declared type that SQLite does not know has the affinity NUMERIC: STRING, above all, but also the name of an
enum or of a domain. Texts that look like numbers become numbers: the postal code '00501' is read as 501, '1e3'
as 1000.

Postgres, where the column is a text, returns what was stored. Leading zeros are lost for good on SQLite.

Declare TEXT or VARCHAR.

## Bad

```python
kind = "STRING" if diglot.dialect.name == "sqlite" else "TEXT"
with diglot.connect() as connection:
    connection.exec_driver_sql(f"CREATE TABLE addresses (zip {kind})")
    connection.exec_driver_sql("INSERT INTO addresses VALUES ('00501')")
    connection.execute(sa.text("SELECT zip FROM addresses")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE addresses (zip TEXT)")
    connection.exec_driver_sql("INSERT INTO addresses VALUES ('00501')")
    connection.execute(sa.text("SELECT zip FROM addresses")).all()
```
"""

import math

from diglot.parity.cell import is_column
from diglot.parity.difference import Difference

FIX = "declare TEXT or VARCHAR"


def matches(difference: Difference) -> bool:
    """A column has a number on SQLite and on Postgres a text that means this number."""
    one, other = difference.sqlite_value, difference.postgresql_value
    if type(one) not in {int, float} or not isinstance(other, str) or not is_column(difference):
        return False
    try:
        return math.isclose(float(other), one)
    except ValueError:
        return False
