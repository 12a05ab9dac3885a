"""Look first, then insert.

Two connections both find that a key is free, and both insert it. On Postgres the second one violates the key (23505),
and its transaction is aborted. On SQLite the second one may not even write, because what it has read is no longer
true: "database is locked". Only the first is what the code catches.

It is the pattern of every get-or-create.

Insert with ON CONFLICT DO NOTHING and select afterwards.

## Bad

```python
# isolation: clone
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT PRIMARY KEY)"))
with diglot.connect() as one, diglot.connect() as other:
    for each in (one, other):
        each.execute(sa.text("SELECT tag FROM tags WHERE tag = 'new'")).all()
    one.execute(sa.text("INSERT INTO tags VALUES ('new')"))
    one.commit()
    other.execute(sa.text("INSERT INTO tags VALUES ('new')"))
```

## Good

```python
# isolation: clone
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT PRIMARY KEY)"))
with diglot.connect() as one:
    one.execute(sa.text("INSERT INTO tags VALUES ('new') ON CONFLICT DO NOTHING"))
with diglot.connect() as other:
    other.execute(sa.text("INSERT INTO tags VALUES ('new') ON CONFLICT DO NOTHING"))
    other.execute(sa.text("SELECT tag FROM tags WHERE tag = 'new'")).all()
```
"""

from diglot.parity.difference import Difference

FIX = "insert with ON CONFLICT DO NOTHING, then select"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres found the key taken, where SQLite did not let the second connection write."""
    return difference.code("postgresql") == "23505" and difference.code("sqlite").startswith("SQLITE_BUSY")
