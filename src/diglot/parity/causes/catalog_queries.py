"""The database is asked about itself, or told how to run.

`sqlite_master`, `sqlite_sequence` and PRAGMA are SQLite's; `information_schema`, `pg_catalog`, SHOW, SET, TRUNCATE,
COPY and LISTEN are Postgres's. VACUUM exists in both, and runs in no transaction; REINDEX wants a name on Postgres.

It is found in set-up code, health checks and tests that look whether a table exists.

Ask `sa.inspect(engine)`, which knows both. Keep what only one dialect can do in one place that asks for the dialect.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT name FROM sqlite_master")).all()
```

## Good

```python
with diglot.connect() as connection:
    sa.inspect(connection).has_table("tags")
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import code, verb

FIX = "ask `sqlalchemy.inspect(engine)`; keep what only one dialect has behind one function"
RANK = 10

_SQLITE_VERBS = {"attach", "detach", "pragma", "reindex", "vacuum"}
_POSTGRES_VERBS = {
    "call", "cluster", "comment", "copy", "discard", "do", "grant", "listen", "lock", "notify", "refresh", "reset",
    "revoke", "set", "show", "truncate", "unlisten",
}  # fmt: skip
_SQLITE_ONLY = re.compile(r'relation "sqlite_\w+" does not exist|function (?:pragma_|sqlite_)\w+\(')
_POSTGRES_ONLY = re.compile(
    r"no such table: (?:\w+\.)?(?:information_schema|pg_)|unknown database \"?(?:information_schema|pg_catalog)"
    r"|no such function: (?:pg_\w+|current_setting|set_config|to_regclass|version|txid_\w+|(?:next|set|curr)val)\b",
    re.IGNORECASE,
)


def matches(difference: Difference) -> bool:
    """One dialect does not have the table, function or command by which the other is managed."""
    one, other = difference.message("sqlite"), difference.message("postgresql")
    if code(difference.sql()).startswith("vacuum"):
        return bool(one or other)
    if fails_alone(difference, "postgresql"):
        refused = difference.code("postgresql") == "42601" and verb(difference.sql("postgresql")) in _SQLITE_VERBS
        return refused or bool(_SQLITE_ONLY.search(other))
    refused = "syntax error" in one and verb(difference.sql("sqlite")) in _POSTGRES_VERBS
    return refused or bool(_POSTGRES_ONLY.search(one))
