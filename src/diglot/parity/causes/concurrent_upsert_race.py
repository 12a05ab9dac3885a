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
from diglot.parity.evidence import fails_alone, statements

FIX = "insert with ON CONFLICT DO NOTHING, then select"
RANK = 10

_BUSY = "SQLITE_BUSY"


def matches(difference: Difference) -> bool:
    """Postgres found the key taken, where SQLite did not let the second connection write."""
    if fails_alone(difference, "postgresql", "23505"):
        return _fails_with(difference, "sqlite", _BUSY)
    if fails_alone(difference, "sqlite") and difference.code("sqlite").startswith(_BUSY):
        return _fails_with(difference, "postgresql", "23505")
    return difference.code("postgresql") == "23505" and difference.code("sqlite").startswith(_BUSY)


def _fails_with(difference: Difference, dialect: str, code: str) -> bool:
    """Whether the same statement failed so on the other dialect, where another thread's order kept the two apart."""
    return any(
        statement.sql == difference.sql() and statement.failure is not None and statement.failure.code.startswith(code)
        for statement in statements(difference, dialect)
    )
