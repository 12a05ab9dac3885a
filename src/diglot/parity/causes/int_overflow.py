"""A number is greater than its type.

SQLite has one integer, of 64 bits, whatever the column says, and goes on with floats beyond it. Postgres's
INTEGER has 32 bits, SMALLINT 16: a larger number is refused (22003), and so is the result of an expression, as
`1000000 * 1000000`.

Byte counts, milliseconds, ids of other systems and counters that nobody thought of meet it, in production
first.

Declare BIGINT, validate the range, CAST one factor to BIGINT.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE files (size INTEGER)")
    connection.execute(sa.text("INSERT INTO files VALUES (:size)"), {"size": 3_000_000_000})
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE files (size BIGINT)")
    connection.execute(sa.text("INSERT INTO files VALUES (:size)"), {"size": 3_000_000_000})
```
"""

import re

from diglot.parity.difference import Difference

FIX = "declare BIGINT, or validate the range"
RANK = 10

_RANGE = re.compile(r"\b(?:smallint|integer|bigint) out of range|is out of range for type (?:smallint|integer|bigint)")


def matches(difference: Difference) -> bool:
    """Postgres refuses an integer for its size."""
    return bool(_RANGE.search(difference.message("postgresql")))
