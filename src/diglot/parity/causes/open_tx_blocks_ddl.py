"""A transaction that is still open keeps a table from being changed.

On Postgres a mere SELECT holds a lock on its table until its transaction ends: DROP, ALTER and TRUNCATE from another
connection wait, without a `lock_timeout` for ever. SQLite's reader is done once its rows are fetched; it is a
half-read cursor of the same connection that keeps SQLite from dropping the table ("database table is locked").

It is why a test suite hangs in its teardown on Postgres only: some connection or session was never closed.

Close what was opened: use `with engine.connect()` and `with Session()`.

## Bad

```python
# isolation: clone
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
with diglot.second_connection() as forgotten:
    forgotten.execute(sa.text("SELECT tag FROM tags")).all()
    with diglot.connect() as connection:
        if diglot.dialect.name == "postgresql":
            connection.connection.dbapi_connection.cursor().execute("SET LOCAL lock_timeout = '100ms'")
        connection.execute(sa.text("DROP TABLE tags"))
```

## Good

```python
# isolation: clone
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
with diglot.second_connection() as other:
    other.execute(sa.text("SELECT tag FROM tags")).all()
with diglot.connect() as connection:
    connection.execute(sa.text("DROP TABLE tags"))
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import verb

FIX = "close connections and sessions by `with`, and set `lock_timeout` in tests"
RANK = 10

_CHANGING = {"alter", "cluster", "create", "drop", "lock", "refresh", "reindex", "truncate", "vacuum"}


def matches(difference: Difference) -> bool:
    """DDL waited in vain for a lock on Postgres, or met an open cursor on SQLite."""
    if fails_alone(difference, "postgresql", "55P03", "57014"):
        return verb(difference.sql("postgresql")) in _CHANGING
    return fails_alone(difference, "sqlite", "SQLITE_LOCKED")
