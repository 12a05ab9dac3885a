"""Two connections write at once.

SQLite has one writer for the whole database: the second waits, and after its timeout the database is locked, also
when the two change different rows. Postgres locks rows: writers of other rows pass, a writer of the same row waits
until the first one ends; two that wait for each other are a deadlock (40P01), which SQLite cannot have.

Tests with one connection show none of it.

Keep transactions short, set SQLite's timeout and its journal to WAL, and let the application try again after "database
is locked", and after 40P01 or 40001.

## Bad

```python
# isolation: clone
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE stock (id INTEGER, n INTEGER)"))
    connection.execute(sa.text("INSERT INTO stock VALUES (1, 0), (2, 0)"))
with diglot.connect() as one, diglot.connect() as other:
    if diglot.dialect.name == "sqlite":
        other.connection.dbapi_connection.execute("PRAGMA busy_timeout = 50")
    one.execute(sa.text("UPDATE stock SET n = 1 WHERE id = 1"))
    other.execute(sa.text("UPDATE stock SET n = 1 WHERE id = 2"))
```

## Good

```python
# isolation: clone
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE stock (id INTEGER, n INTEGER)"))
    connection.execute(sa.text("INSERT INTO stock VALUES (1, 0), (2, 0)"))
with diglot.connect() as one:
    one.execute(sa.text("UPDATE stock SET n = 1 WHERE id = 1"))
with diglot.connect() as other:
    other.execute(sa.text("UPDATE stock SET n = 1 WHERE id = 2"))
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import verb

FIX = "keep transactions short, use WAL and a timeout on SQLite, and try again after a lock or a deadlock"

_OF_ROWS = {"delete", "insert", "select", "update"}


def matches(difference: Difference) -> bool:
    """One dialect alone gave up waiting for another connection's lock, or saw a deadlock."""
    if fails_alone(difference, "sqlite", "SQLITE_BUSY", "SQLITE_BUSY_TIMEOUT", "SQLITE_LOCKED_SHAREDCACHE"):
        return True
    if fails_alone(difference, "postgresql", "40P01"):
        return True
    return fails_alone(difference, "postgresql", "55P03", "57014") and verb(difference.sql("postgresql")) in _OF_ROWS
