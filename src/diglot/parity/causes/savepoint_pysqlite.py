"""A savepoint begins no transaction on SQLite.

In its legacy mode Python's sqlite3 begins a transaction before INSERT, UPDATE and DELETE, and not before SAVEPOINT.
`begin_nested()` as the first thing of a transaction then is a transaction of its own: its RELEASE commits, and the
outer rollback has nothing to undo.

Rows that should have been rolled back stay. Tests that roll back at their end leak into one another, on SQLite of all
things; a savepoint may also be gone ("no such savepoint") after something committed by itself.

Switch the legacy mode off: `isolation_level = None` on connect, and BEGIN on SQLAlchemy's `begin` event; or
`autocommit=False` of Python 3.12.

## Bad

```python
with diglot.engine.connect() as connection:
    with connection.begin_nested():
        connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
    connection.rollback()
```

## Good

```python
with diglot.engine.begin() as connection, connection.begin_nested():
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "set `isolation_level = None` on connect and send BEGIN on SQLAlchemy's `begin` event"
RANK = 10
UNSEEN = "Diglot always runs SQLite with real transactions, so that a savepoint has one around it."


def matches(difference: Difference) -> bool:
    """A savepoint was gone on SQLite when it should have been released."""
    return fails_alone(difference, "sqlite") and "no such savepoint" in difference.message("sqlite")
