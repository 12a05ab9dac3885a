"""A constraint is deferred in a way that SQLite does not know.

Both dialects know foreign keys that are DEFERRABLE INITIALLY DEFERRED and checked at commit; SQLite only while it
enforces foreign keys at all. `SET CONSTRAINTS` and a DEFERRABLE UNIQUE or PRIMARY KEY are Postgres's alone, and syntax
errors on SQLite.

A test that rolls back instead of committing never sees a deferred violation, on either. Diglot checks them at each
commit, also in its sandbox.

Declare the foreign keys deferred, or write in an order that never violates them.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SET CONSTRAINTS ALL DEFERRED"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
    connection.execute(
        sa.text("CREATE TABLE children (parent_id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)")
    )
    connection.execute(sa.text("INSERT INTO children VALUES (1)"))
    connection.execute(sa.text("INSERT INTO parents VALUES (1)"))
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import code

FIX = "declare foreign keys DEFERRABLE INITIALLY DEFERRED; leave out SET CONSTRAINTS and deferrable UNIQUE"
RANK = 15

_DEFERRED = re.compile(r"^set constraints\b|\bdeferrable\b|\binitially (?:deferred|immediate)\b")


def matches(difference: Difference) -> bool:
    """SQLite could not parse what says when a constraint is checked."""
    return (
        fails_alone(difference, "sqlite", "SQLITE_ERROR")
        and "syntax error" in difference.message("sqlite")
        and bool(_DEFERRED.search(code(difference.sql("sqlite"))))
    )
