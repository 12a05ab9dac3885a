"""A zero has a sign on one dialect only.

A float knows 0.0 and -0.0. SQLite drops the sign when it stores, and writes zero as '0.0'; Postgres keeps it
and writes '-0' or '0'. psycopg2 loses the sign of a parameter on the way, psycopg 3 keeps it.

The two are equal in every comparison. Their text differs, and so do `copysign` and what is computed from it.

Add 0.0 before storing: `value + 0.0` has no sign when it is zero.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE readings (value DOUBLE PRECISION)")
    connection.exec_driver_sql("INSERT INTO readings VALUES (CAST('-0' AS DOUBLE PRECISION))")
    connection.execute(sa.text("SELECT value FROM readings")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE readings (value DOUBLE PRECISION)")
    connection.execute(sa.text("INSERT INTO readings VALUES (:value)"), {"value": -0.0 + 0.0})
    connection.execute(sa.text("SELECT value FROM readings")).all()
```
"""

import math

from diglot.parity.difference import Difference
from diglot.parity.evidence import parameter_values, statements_before

FIX = "add 0.0 before storing: `value + 0.0`"
RANK = 10

_WRITTEN = {"0", "0.0", "-0", "-0.0"}


def matches(difference: Difference) -> bool:
    """Both values are zero, as floats with another sign, or as text after a signed zero was bound."""
    one, other = difference.sqlite_value, difference.postgresql_value
    if type(one) is type(other) is float:
        return one == other == 0.0 and math.copysign(1.0, one) != math.copysign(1.0, other)
    if not (isinstance(one, str) and isinstance(other, str) and {one, other} <= _WRITTEN):
        return False
    return "-0" in {one[:2], other[:2]} or any(
        isinstance(value, float) and value == 0.0 and math.copysign(1.0, value) < 0
        for statement in statements_before(difference, "sqlite")
        for value in parameter_values(statement)
    )
