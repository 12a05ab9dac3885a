"""A sum has more than 64 bits.

SQLite adds integers in 64 bits and gives up beyond: `integer overflow`. On Postgres the sum of a BIGINT column
is a `numeric`, without such a limit.

It takes a few very large values, such as identifiers or hashes that should not be summed at all, or
nanoseconds.

CAST to DOUBLE PRECISION before adding, where a rounded sum will do.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE counters (n BIGINT)")
    connection.exec_driver_sql("INSERT INTO counters VALUES (9223372036854775807), (1)")
    connection.execute(sa.text("SELECT SUM(n) AS n FROM counters")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE counters (n BIGINT)")
    connection.exec_driver_sql("INSERT INTO counters VALUES (9223372036854775807), (1)")
    connection.execute(sa.text("SELECT SUM(CAST(n AS DOUBLE PRECISION)) AS n FROM counters")).all()
```
"""

from diglot.parity.difference import Difference

FIX = "write `SUM(CAST(n AS DOUBLE PRECISION))`"
RANK = 10


def matches(difference: Difference) -> bool:
    """SQLite refuses a sum for its size."""
    return difference.direction == "sqlite" and "integer overflow" in difference.message("sqlite")
