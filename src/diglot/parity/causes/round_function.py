"""ROUND and CAST round in another way.

Postgres rounds a float's half to the even number, `round(2.5)` is 2, and has no `round(float, digits)` at all
(42883), only for NUMERIC. SQLite rounds away from zero. `CAST(5.7 AS INTEGER)` is 5 on SQLite, which cuts, and
6 on Postgres, which rounds.

Cents that are computed from a float, pages that are counted by a division, are off by one on one of them.

CAST to NUMERIC before rounding, or round in Python.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT CAST(5.7 AS INTEGER) AS whole")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT CAST(round(5.7) AS INTEGER) AS whole")).all()
```
"""

import re
from decimal import Decimal

from diglot.parity.cell import behind
from diglot.parity.difference import Difference

FIX = "write `CAST(round(x) AS INTEGER)`, with x NUMERIC, or round in Python"
RANK = 3

_MISSING = re.compile(r"function round\((?:double precision|real), integer\) does not exist")
_ROUNDS = re.compile(r"\bround ?\(|\bcast ?\(.* as (?:big|small)?int(?:eger)?\)")


def matches(difference: Difference) -> bool:
    """Postgres cannot round a float to digits; or one dialect rounded where the other cut or rounded otherwise."""
    if _MISSING.search(difference.message("postgresql")):
        return True
    one, other = difference.sqlite_value, difference.postgresql_value
    if difference.kind != "value" or not isinstance(one, int | float) or not isinstance(other, int | float | Decimal):
        return False
    return bool(_ROUNDS.search(behind(difference))) and abs(float(one) - float(other)) <= 1
