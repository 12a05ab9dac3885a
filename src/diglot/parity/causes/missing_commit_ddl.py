"""DDL is never committed.

A connection that is closed without `commit()` rolls back. On SQLite, in the legacy mode of Python's sqlite3, CREATE
TABLE outside of a transaction commits by itself, and the table is there; on Postgres it is gone ("relation does not
exist").

Set-up scripts and migrations work on SQLite for years. The INSERT beside the CREATE, such as the stamp of a
migration's version, was lost on both.

Use `engine.begin()`, which commits at its end.

## Bad

```python
with diglot.engine.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
```

## Good

```python
with diglot.engine.begin() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
with diglot.engine.begin() as connection:
    connection.execute(sa.text("INSERT INTO tags VALUES ('new')"))
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone, table_ddl

FIX = "use `with engine.begin() as connection:`, which commits"
RANK = 5
UNSEEN = "Diglot always runs SQLite with real transactions: a table that was not committed is gone on both."

_MISSING = re.compile(r'relation "(\w+)" does not exist')


def matches(difference: Difference) -> bool:
    """Only Postgres lacks a table that the test itself created."""
    if not fails_alone(difference, "postgresql", "42P01"):
        return False
    missing = _MISSING.search(difference.message("postgresql"))
    return missing is not None and bool(table_ddl(difference, "postgresql", missing[1]))
