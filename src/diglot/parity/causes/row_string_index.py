"""A row is read by a column's name in square brackets.

`sqlite3.Row` allows `row["name"]`. A row of psycopg2 is a bare tuple and a row of SQLAlchemy a named one: both
raise `TypeError: tuple indices must be integers or slices, not str`.

Everybody who consumed `sqlite3.Row` is hit, often far from the query: in a template, in a function that builds
JSON.

Read `row.name`, or ask the result for `.mappings()`, whose rows are dictionaries.

## Bad

```python
import sqlite3

cursor = diglot.engine.raw_connection().cursor()
if diglot.dialect.name == "sqlite":
    cursor.row_factory = sqlite3.Row
cursor.execute("SELECT 1 AS one")
cursor.fetchone()["one"]
```

## Good

```python
with diglot.connect() as connection:
    row = connection.execute(sa.text("SELECT 1 AS one")).mappings().one()
    row["one"]
```
"""

from diglot.parity.difference import Difference

FIX = "read `row.name`, or iterate over `result.mappings()`"
RANK = 10


def matches(difference: Difference) -> bool:
    """On Postgres alone a row turns out to be a tuple."""
    words = "tuple indices must be integers or slices, not str"
    return difference.direction == "postgresql" and words in difference.message("postgresql")
