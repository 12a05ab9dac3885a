"""An aggregate or a rounding gives a Decimal on Postgres.

Postgres computes `avg` of integers, `sum` of BIGINT, `round` of a NUMERIC and `extract` as `numeric`: the
application gets a Decimal. SQLite gives an int or a float.

Decimal does not mix with float (`TypeError: unsupported operand type(s)`) and is no JSON (`Object of type
Decimal is not JSON serializable`): dashboards and reports break at the first request.

CAST the result to DOUBLE PRECISION, or tell SQLAlchemy its type.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE scores (score INTEGER)")
    connection.exec_driver_sql("INSERT INTO scores VALUES (1), (2)")
    connection.execute(sa.text("SELECT avg(score) AS mean FROM scores")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE scores (score INTEGER)")
    connection.exec_driver_sql("INSERT INTO scores VALUES (1), (2)")
    connection.execute(sa.text("SELECT CAST(avg(score) AS DOUBLE PRECISION) AS mean FROM scores")).all()
```
"""

import math
import re
from decimal import Decimal

from diglot import sqltext
from diglot.parity.cell import behind
from diglot.parity.difference import Difference
from diglot.parity.evidence import statements_before

FIX = "write `CAST(avg(x) AS DOUBLE PRECISION)`, or `text(...).columns(mean=Float)`"
RANK = 4

_FUNCTIONS = {
    "abs", "avg", "ceil", "ceiling", "extract", "floor", "max", "min", "mod", "power", "round", "stddev",
    "stddev_pop", "stddev_samp", "sum", "total", "trunc", "variance", "var_pop", "var_samp",
}  # fmt: skip
_UNUSABLE = re.compile(r"Decimal is not JSON serializable|unsupported operand type\(s\).*decimal\.Decimal")


def matches(difference: Difference) -> bool:
    """The same number is a Decimal on Postgres, behind an aggregate; or such a Decimal broke the code after it."""
    if difference.kind == "outcome":
        return bool(_UNUSABLE.search(difference.message("postgresql"))) and _gave_decimal(difference)
    if not isinstance(difference.postgresql_value, Decimal) or "/" in behind(difference):
        return False
    one = difference.sqlite_value
    if difference.kind == "value" and not isinstance(one, Decimal):
        return False
    if not isinstance(one, int | float | Decimal) or not math.isclose(one, difference.postgresql_value, rel_tol=1e-9):
        return False
    return bool(_FUNCTIONS & sqltext.functions(behind(difference)))


def _gave_decimal(difference: Difference) -> bool:
    return any(
        isinstance(value, Decimal)
        for statement in statements_before(difference, "postgresql")
        if _FUNCTIONS & sqltext.functions(statement.sql)
        for row in statement.rows or ()
        for value in row
    )
