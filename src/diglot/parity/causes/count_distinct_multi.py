"""COUNT(DISTINCT ...) has several columns.

SQLite counts one expression only: `COUNT(DISTINCT a, b)` has too many arguments, and `COUNT(DISTINCT (a, b))` is a row
value in the wrong place. Postgres refuses the first form as well (42883), and counts pairs with the second.

Count the rows of a subquery that selects DISTINCT.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE fills (symbol TEXT, venue TEXT)"))
    connection.execute(sa.text("SELECT count(DISTINCT (symbol, venue)) AS pairs FROM fills")).scalar_one()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE fills (symbol TEXT, venue TEXT)"))
    connection.execute(
        sa.text("SELECT count(*) AS pairs FROM (SELECT DISTINCT symbol, venue FROM fills) AS found")
    ).scalar_one()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.sqltext import code

FIX = "count a subquery: `SELECT count(*) FROM (SELECT DISTINCT a, b FROM t) AS pairs`"
RANK = 10

_SEVERAL = re.compile(r"\bcount ?\( ?distinct\b[^()]*(?:,|\([^()]*,)")
_WORDS = ("wrong number of arguments to function", "row value misused")


def matches(difference: Difference) -> bool:
    """SQLite refused to count several columns, whatever Postgres said of it."""
    message = difference.message("sqlite")
    return any(words in message for words in _WORDS) and bool(_SEVERAL.search(code(difference.sql("sqlite"))))
