"""The remainder of a number with a fraction is asked for.

SQLite makes integers of both sides of `%` first: `5.5 % 2` is 1.0. Postgres computes 1.5 for NUMERIC, and has
no such operator for floats (42883).

Compute with whole units, minutes instead of hours, cents instead of euros, or do it in Python.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT CAST(5.5 AS DOUBLE PRECISION) % 2 AS rest")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 55 % 20 AS rest")).all()
```
"""

import re
from decimal import Decimal

from diglot.parity.cell import NUMBERS, behind
from diglot.parity.difference import Difference

FIX = "compute the remainder of whole units, or in Python"
RANK = 4

_OPERATOR = re.compile(rf"operator does not exist: (?:{NUMBERS}) % (?:{NUMBERS})\b")


def matches(difference: Difference) -> bool:
    """Postgres has no remainder of floats, or computed another one."""
    if _OPERATOR.search(difference.message("postgresql")):
        return True
    numbers = (difference.sqlite_value, difference.postgresql_value)
    if difference.kind != "value" or not all(isinstance(one, int | float | Decimal) for one in numbers):
        return False
    return "%" in behind(difference)
