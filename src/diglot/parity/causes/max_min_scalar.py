"""max() or min() is called with several values, or greatest() or least() at all.

On SQLite max() with two arguments is the greater of them, and NULL when one is NULL. On Postgres max() is an
aggregate and takes one argument (42883); the greater of several is greatest(), which leaves NULL out of account, and
which SQLite does not have.

Write a CASE, or do it in Python.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT max(1, 2) AS greater")).scalar_one()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT CASE WHEN 1 > 2 THEN 1 ELSE 2 END AS greater")).scalar_one()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "use CASE WHEN a > b THEN a ELSE b END, or compare in Python"
RANK = 10

_AGGREGATE = re.compile(r"function (?:max|min)\([^()]*,.*\) does not exist")
_MISSING = re.compile(r"no such function: (?:greatest|least)\b", re.IGNORECASE)


def matches(difference: Difference) -> bool:
    """Postgres has no max() of several values, or SQLite no greatest()."""
    if fails_alone(difference, "postgresql", "42883"):
        return bool(_AGGREGATE.search(difference.message("postgresql")))
    return fails_alone(difference, "sqlite") and bool(_MISSING.search(difference.message("sqlite")))
