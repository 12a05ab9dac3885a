"""A primary key is NULL.

By an old mistake that it keeps, SQLite lets NULL into a primary key that is not exactly INTEGER, any number of times.
In Postgres a primary key is NOT NULL (23502).

Tables written by hand have it; SQLAlchemy writes NOT NULL by itself. The rows cannot be moved, and code that looks
them up by key never finds them.

Write `TEXT PRIMARY KEY NOT NULL`, and make the key before the row is inserted.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tokens (token TEXT PRIMARY KEY)"))
    connection.execute(sa.text("INSERT INTO tokens VALUES (NULL)"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tokens (token TEXT PRIMARY KEY NOT NULL)"))
    connection.execute(sa.text("INSERT INTO tokens VALUES ('5f3a')"))
```
"""

from diglot.parity.difference import Difference
from diglot.parity.keys import is_key, is_rowid, leaves_out, missing_value

FIX = "write NOT NULL beside PRIMARY KEY, and make the key before the row is inserted"
RANK = -1


def matches(difference: Difference) -> bool:
    """Only Postgres refused a NULL, in a key that SQLite does not number by itself."""
    table, column = missing_value(difference, "postgresql")
    if not column or is_rowid(difference, table, column):
        return False
    return is_key(difference, "sqlite", table, column) or not leaves_out(difference, "postgresql", column)
