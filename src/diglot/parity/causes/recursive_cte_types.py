"""A recursive query is not declared, or changes a column's type.

SQLite lets a WITH refer to itself without the word RECURSIVE, and its columns hold any type in any row. Postgres wants
the word, else the relation does not exist (42P01), and takes a column's type from the first arm of the UNION: when the
second arm gives another one, such as text after VARCHAR(10) or bigint after integer, the statement fails (42804).

Write WITH RECURSIVE, and CAST in both arms to the type that the second one gives.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(
        sa.text("WITH r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r")
    ).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(
        sa.text("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT n FROM r")
    ).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "write WITH RECURSIVE, and CAST the columns of the first arm to the type of the second"
RANK = 10

_TYPE = re.compile(r'recursive query ".*" column \d+ has type')


def matches(difference: Difference) -> bool:
    """Postgres missed the word RECURSIVE, or found two types in one column."""
    message = difference.message("postgresql")
    if fails_alone(difference, "postgresql", "42804"):
        return bool(_TYPE.search(message))
    return fails_alone(difference, "postgresql", "42P01") and "There is a WITH item named" in message
