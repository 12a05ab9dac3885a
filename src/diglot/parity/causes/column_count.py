"""A table has too many columns.

Postgres allows 1600 columns, fewer when they are wide (54011); SQLite 2000.

Tables with a column for each sensor, question or feature grow into it.

Keep one row for each value, or put the rest into a JSON document.

## Bad

```python
columns = ", ".join(f"c{at} INTEGER" for at in range(1700))
with diglot.connect() as connection:
    connection.exec_driver_sql(f"CREATE TABLE answers ({columns})")
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE answers (question INTEGER, answer INTEGER)")
```
"""

import re

from diglot.parity.difference import Difference

FIX = "keep one row for each value, or a JSON document"
RANK = 10

_WORDS = re.compile(r"tables can have at most \d+ columns|target lists can have at most \d+ entries|too many columns")


def matches(difference: Difference) -> bool:
    """A table, or a result, has too many columns for one dialect."""
    return any(_WORDS.search(difference.message(dialect)) for dialect in ("sqlite", "postgresql"))
