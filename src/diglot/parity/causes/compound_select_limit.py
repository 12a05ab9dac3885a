"""A statement is too large for SQLite.

SQLite limits the size of a statement's parts: 500 SELECTs in a UNION, an expression 1000 levels deep, which is
1000 conditions joined by OR, 64 tables in a join. Postgres's limits are far away.

Statements that are built in a loop, a SELECT or a condition for each row of the input, grow until they meet it.

Use VALUES, `IN`, or several statements.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text(" UNION ALL ".join(["SELECT 1 AS n"] * 501))).all()
```

## Good

```python
with diglot.connect() as connection:
    many = ", ".join(["(1)"] * 501)
    connection.execute(sa.text(f"SELECT count(*) AS n FROM (VALUES {many}) AS rows_of_one")).all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "use VALUES, `IN`, or several statements"
RANK = 10

_WORDS = re.compile(
    r"too many terms in compound SELECT|Expression tree is too large|at most 64 tables in a join|parser stack overflow"
)


def matches(difference: Difference) -> bool:
    """SQLite refuses a statement for its size."""
    return bool(_WORDS.search(difference.message("sqlite")))
