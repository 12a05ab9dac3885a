"""A table is altered in a way that SQLite cannot.

SQLite renames a table or a column, adds a column and drops one. It has no ALTER COLUMN, no ADD CONSTRAINT, no IF NOT
EXISTS. A column that is added may be neither UNIQUE nor NOT NULL without a default, nor have a default that is not
constant; one that has an index or is the key cannot be dropped. Postgres does all of it.

It stops migrations that are written for Postgres when the tests run them on SQLite.

Use `op.batch_alter_table()`, which copies the table on SQLite, or add a column with a constant default.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag VARCHAR(5))"))
    connection.execute(sa.text("ALTER TABLE tags ALTER COLUMN tag TYPE VARCHAR(50)"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag VARCHAR(50))"))
    connection.execute(sa.text("ALTER TABLE tags ADD COLUMN uses INTEGER NOT NULL DEFAULT 0"))
```
"""

import re

from diglot.parity.difference import Difference
from diglot.sqltext import verb

FIX = "use `op.batch_alter_table()` in migrations; add columns with a constant default"
RANK = 10

_LIMIT = re.compile(r"syntax error|^cannot (?:add|drop)\b|^error in .* after (?:drop|rename)", re.IGNORECASE)


def matches(difference: Difference) -> bool:
    """SQLite refused an ALTER TABLE, whatever Postgres said of it."""
    if difference.code("sqlite") != "SQLITE_ERROR" or verb(difference.sql("sqlite")) != "alter":
        return False
    return bool(_LIMIT.search(difference.message("sqlite")))
