"""A number stands where a condition is expected.

SQLite takes any number for a condition, 0 for false: `WHERE 1`, `WHERE n`, `NOT n`, `1 = 1 AND 1`, `CASE WHEN n
THEN ...`. Postgres wants a boolean in all these places (42804).

Code that builds a WHERE clause likes to begin with `WHERE 1` and to add to it; filters on a counter like to
leave out the comparison.

Compare explicitly, `n <> 0`; begin with `sqlalchemy.true()`, or leave the clause out.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE counters (n INTEGER)")
    connection.execute(sa.text("SELECT n FROM counters WHERE n")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE counters (n INTEGER)")
    connection.execute(sa.text("SELECT n FROM counters WHERE n <> 0")).all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "compare explicitly (`n <> 0`); for an empty condition use `sqlalchemy.true()`"
RANK = 10

_ARGUMENT = re.compile(r"argument of [A-Z/ ]+ must be type boolean, not type")


def matches(difference: Difference) -> bool:
    """Postgres refuses a condition that is no boolean."""
    return bool(_ARGUMENT.search(difference.message("postgresql")))
