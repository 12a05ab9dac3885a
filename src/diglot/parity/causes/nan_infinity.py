"""A float is not a number, or infinite.

SQLite stores NaN as NULL: a NOT NULL column refuses it, it sorts first, `count(x)` leaves it out, `max(x)`
ignores it. Postgres stores it, holds it equal to itself and greater than everything, infinity included. JSON
columns of Postgres refuse both.

They come out of computations: a mean over nothing, a metric that diverged.

Store NULL, and where the difference matters a flag beside it.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE metrics (value DOUBLE PRECISION)")
    connection.execute(sa.text("INSERT INTO metrics VALUES (:value)"), {"value": float("nan")})
    connection.execute(sa.text("SELECT value FROM metrics")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE metrics (value DOUBLE PRECISION, is_nan BOOLEAN)")
    connection.execute(sa.text("INSERT INTO metrics VALUES (:value, :is_nan)"), {"value": None, "is_nan": True})
    connection.execute(sa.text("SELECT value FROM metrics")).all()
```
"""

import math
import re
from decimal import Decimal

from diglot import sqltext
from diglot.parity.difference import Difference
from diglot.parity.evidence import insert_target, parameter_values, statements_before

FIX = "store NULL, and a flag beside it"
RANK = 6

_REFUSED = re.compile(r'Token "(?:NaN|-?Infinity)" is invalid')


def matches(difference: Difference) -> bool:
    """One of the values is NaN or infinite, or the statement was given one, or reads a table that was."""
    if any(_odd(value) for value in (difference.sqlite_value, difference.postgresql_value)):
        return True
    if _REFUSED.search(difference.message("postgresql")):
        return True
    statement = difference.statement("sqlite")
    if difference.code("sqlite") == "SQLITE_CONSTRAINT_NOTNULL":
        return any(_odd(value) for value in parameter_values(statement))
    if statement is None or difference.kind not in {"rows", "order", "value"}:
        return False
    names = sqltext.words(statement.sql)
    return any(
        insert_target(before.sql)[0] in names and any(_odd(value) for value in parameter_values(before))
        for before in statements_before(difference, "sqlite")
    )


def _odd(value: object) -> bool:
    if isinstance(value, tuple):
        return any(_odd(one) for one in value)
    return isinstance(value, float | Decimal) and not math.isfinite(value)
