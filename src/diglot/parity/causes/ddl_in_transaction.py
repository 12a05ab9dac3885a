"""A table survives a rollback on SQLite.

Postgres undoes CREATE, ALTER and DROP with the transaction. So does SQLite itself; but in its legacy mode Python's
sqlite3 begins no transaction before them, so that they are committed at once, unless an INSERT, UPDATE or DELETE came
first.

A migration that fails halfway leaves half of its tables behind on SQLite. The next attempt finds that they exist.

Switch the legacy mode off: `isolation_level = None` on connect, and BEGIN on SQLAlchemy's `begin` event.

## Bad

```python
with diglot.engine.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
    connection.rollback()
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import events_before, fails_alone
from diglot.parity.trace import Transaction

FIX = "set `isolation_level = None` on connect and send BEGIN on SQLAlchemy's `begin` event"
RANK = 10
UNSEEN = "Diglot always runs SQLite with real transactions, which undo DDL as Postgres does."

_EXISTS = re.compile(r"(?:table|index|view|trigger) .* already exists")


def matches(difference: Difference) -> bool:
    """Only SQLite still has what was created in a transaction that was rolled back."""
    if not fails_alone(difference, "sqlite") or not _EXISTS.search(difference.message("sqlite")):
        return False
    return any(
        isinstance(event, Transaction) and event.action == "rollback" for event in events_before(difference, "sqlite")
    )
