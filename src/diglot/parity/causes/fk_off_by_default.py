"""Foreign keys are not enforced on SQLite.

SQLite reads REFERENCES, and checks nothing until a connection has said `PRAGMA foreign_keys = ON`, which it must say
anew each time it is opened. ON DELETE CASCADE does nothing either. Postgres always enforces (23503).

Orphans pile up unseen. They are found when the data is moved to Postgres, or in fixtures that insert children before
their parents.

Diglot turns enforcement on for its SQLite, so that this shows only where a connection turns it off, or where the
SQLite tables were made without their foreign keys. Set the pragma on connect in the application as well, and look
for old orphans with `PRAGMA foreign_key_check`.

## Bad

```python
# isolation: clone
with diglot.engine.connect() as connection:
    if diglot.dialect.name == "sqlite":
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys = OFF")  # as SQLite is by itself
    connection.execute(sa.text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
    connection.execute(sa.text("CREATE TABLE children (parent_id INTEGER REFERENCES parents (id))"))
    connection.execute(sa.text("INSERT INTO children VALUES (99)"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
    connection.execute(sa.text("CREATE TABLE children (parent_id INTEGER REFERENCES parents (id))"))
    connection.execute(sa.text("INSERT INTO parents VALUES (99)"))
    connection.execute(sa.text("INSERT INTO children VALUES (99)"))
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "run `PRAGMA foreign_keys = ON` on every SQLite connection, and insert parents first"


def matches(difference: Difference) -> bool:
    """Only Postgres found that a row's parent is missing, or that a parent is still needed."""
    return fails_alone(difference, "postgresql", "23503")
