"""The code calls what only Python's SQLite driver has.

A connection of `sqlite3` can do more than the database interface of Python asks for: `execute` and
`executescript` without a cursor, `create_function`, `row_factory`, `total_changes`, `iterdump`, `backup`. A
connection of psycopg2 has none of these: AttributeError.

It is what is left in code that once spoke to `sqlite3` alone, and it is never reached by a test that runs on
SQLite only. psycopg 3 has `execute` on the connection, and still not the rest.

Use SQLAlchemy's Connection. What must be set up per connection on SQLite belongs into a `connect` event of that
dialect.

## Bad

```python
raw = diglot.engine.raw_connection()
raw.driver_connection.total_changes
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 1 AS one")).all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "use SQLAlchemy's Connection; set SQLite's connection up in a `connect` event of that dialect"
RANK = 10

_MISSING = re.compile(r"'([\w.]+)' object has no attribute '(\w+)'")
_OWN = {
    "blobopen", "create_aggregate", "create_collation", "create_function", "create_window_function",
    "enable_load_extension", "executescript", "getlimit", "iterdump", "load_extension", "row_factory",
    "set_authorizer", "set_progress_handler", "set_trace_callback", "setlimit", "text_factory", "total_changes",
}  # fmt: skip
_SHARED = {"backup", "deserialize", "execute", "executemany", "in_transaction", "interrupt", "serialize"}
_DRIVERS = re.compile(r"connection|cursor|psycopg", re.IGNORECASE)


def matches(difference: Difference) -> bool:
    """Postgres's driver lacks an attribute that SQLite's has."""
    found = _MISSING.search(difference.message("postgresql"))
    if found is None or difference.direction != "postgresql":
        return False
    owner, name = found.groups()
    return name in _OWN or (name in _SHARED and bool(_DRIVERS.search(owner)))
