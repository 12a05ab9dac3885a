"""Bytes are read as a memoryview.

psycopg2 returns a `bytea` as a memoryview; SQLite's driver and psycopg 3 return bytes. A typed column,
`LargeBinary`, makes bytes of it; `text()` does not.

A memoryview has no `decode`, cannot be a key in every place where bytes can, and psycopg2's is not even equal
to the bytes it holds.

Read through a `LargeBinary` column, or write `bytes(value)`.

## Bad

```python
blobs = sa.Table("blobs", sa.MetaData(), sa.Column("content", sa.LargeBinary))
blobs.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(blobs), {"content": b"content"})
    connection.execute(sa.text("SELECT content FROM blobs")).scalar_one().decode()
```

## Good

```python
blobs = sa.Table("blobs", sa.MetaData(), sa.Column("content", sa.LargeBinary))
blobs.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(blobs), {"content": b"content"})
    connection.execute(sa.select(blobs.c.content)).scalar_one().decode()
```
"""

from diglot.parity.difference import Difference

FIX = "read through a `LargeBinary` column, or `bytes(value)`"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres's driver gave a memoryview."""
    if difference.types == ("bytes", "memoryview"):
        return True
    return difference.direction == "postgresql" and "memoryview" in difference.message("postgresql")
