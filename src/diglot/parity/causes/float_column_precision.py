"""A REAL column has half the digits on Postgres.

SQLite's REAL has 64 bits, Postgres's 32: about seven digits. `FLOAT` is 64 bits on both, `FLOAT(24)` is 32 on
Postgres again, and so are `sa.REAL` and `sa.Float(24)`.

A value with more digits is read back rounded, and `WHERE r = 0.1` finds nothing on Postgres, because the 0.1 of
the query has 64 bits.

Declare DOUBLE PRECISION, or `sa.Double`.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE readings (value REAL)")
    connection.exec_driver_sql("INSERT INTO readings VALUES (0.123456789)")
    connection.execute(sa.text("SELECT value FROM readings")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE readings (value DOUBLE PRECISION)")
    connection.exec_driver_sql("INSERT INTO readings VALUES (0.123456789)")
    connection.execute(sa.text("SELECT value FROM readings")).all()
```
"""

import re
import struct

from diglot import sqltext
from diglot.parity.difference import Difference
from diglot.parity.evidence import parameter_values, statements_before

FIX = "declare DOUBLE PRECISION, or `sa.Double`"
RANK = 1

_DECLARED = re.compile(r"\b(?:real|float4|float ?\((?:[1-9]|1\d|2[0-4])\))")
_FRACTION = re.compile(r"(?:[<>=]|between|\band) ?\d*\.\d")


def matches(difference: Difference) -> bool:
    """Two floats are equal in 32 bits only; or a REAL column of the test was compared."""
    one, other = difference.sqlite_value, difference.postgresql_value
    if difference.kind == "value" and type(one) is type(other) is float:
        return one != other and _single(one) == _single(other) != b""
    if difference.kind not in {"rows", "rowcount", "value"}:
        return False
    statement = difference.statement("postgresql")
    if statement is None or not any(_declares(ddl.sql) for ddl in statements_before(difference, "postgresql")):
        return False
    code = sqltext.code(statement.sql)
    given = any(isinstance(value, float) for value in parameter_values(statement))
    return difference.kind != "value" and (given or "=" in code or bool(_FRACTION.search(code)))


def _declares(sql: str) -> bool:
    return sqltext.verb(sql) in {"create", "alter"} and bool(_DECLARED.search(sqltext.code(sql)))


def _single(value: float) -> bytes:
    try:
        return struct.pack("f", value)
    except OverflowError:
        return b""
