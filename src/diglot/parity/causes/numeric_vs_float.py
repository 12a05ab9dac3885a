"""A NUMERIC column is a float on SQLite.

SQLite stores a NUMERIC column as integer or float: it ignores the scale, so that 1.005 stays 1.005, and adds in
binary, so that 0.10 + 0.20 is 0.30000000000000004. Postgres rounds to the scale when it stores, and computes
exactly.

Read through `text()` the value is a float on SQLite, a Decimal on Postgres. Read through a typed column it is a
Decimal on both, rounded at another moment: 1.00 against 1.01. Comparisons with a fraction find a row on one of
them.

For money, store whole cents in a BIGINT. Otherwise read through typed columns, and round before storing.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE prices (price NUMERIC(10, 2))")
    connection.exec_driver_sql("INSERT INTO prices VALUES (1.005)")
    connection.execute(sa.text("SELECT price FROM prices")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE prices (cents BIGINT)")
    connection.exec_driver_sql("INSERT INTO prices VALUES (101)")
    connection.execute(sa.text("SELECT cents FROM prices")).all()
```
"""

import math
import re
from decimal import Decimal

from diglot import sqltext
from diglot.parity.difference import Difference
from diglot.parity.evidence import parameter_values, statements_before

FIX = "store whole cents, or read through typed columns and round before storing"
RANK = -1

_FRACTION = re.compile(r"(?:[<>=]|between|\band) ?\d*\.\d")
_DECLARED = re.compile(r"\b(?:numeric|decimal) ?\(")
_UNUSABLE = re.compile(r"Decimal is not JSON serializable|unsupported operand type\(s\).*decimal\.Decimal")


def matches(difference: Difference) -> bool:
    """A number is a Decimal on Postgres, equal or rounded to its scale; or a fraction was looked for."""
    one, other = difference.sqlite_value, difference.postgresql_value
    if isinstance(other, Decimal) and isinstance(one, int | float | Decimal) and not isinstance(one, bool):
        return _rounds_to(one, other)
    if difference.kind == "outcome":
        return bool(_UNUSABLE.search(difference.message("postgresql")))
    return difference.kind in {"rows", "rowcount"} and _seeks_fraction(difference)


def _rounds_to(one: float | Decimal, other: Decimal) -> bool:
    exponent = other.as_tuple().exponent
    if not isinstance(exponent, int) or not math.isfinite(one):
        return False
    return math.isclose(one, other, rel_tol=1e-9) or abs(Decimal(one) - other) <= Decimal(1).scaleb(exponent)


def _seeks_fraction(difference: Difference) -> bool:
    statement = difference.statement("postgresql")
    if statement is None:
        return False
    if not any(_DECLARED.search(sqltext.code(one.sql)) for one in statements_before(difference, "postgresql")):
        return False
    given = any(isinstance(value, Decimal | float) for value in parameter_values(statement))
    return given or bool(_FRACTION.search(sqltext.code(statement.sql)))
