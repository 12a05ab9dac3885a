"""A column's default is an expression of one dialect.

`DEFAULT (datetime('now'))`, `(strftime(...))` and `(lower(hex(randomblob(16))))` call SQLite's functions, which
Postgres does not have (42883). A text in double quotes is a column there, which no default may use (0A000).
`DEFAULT now()` is Postgres's; SQLite wants brackets around any call, and has no now().

CURRENT_TIMESTAMP, numbers and texts in single quotes are understood by both.

Let SQLAlchemy render it, `server_default=func.now()`, or set the default in Python.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE visits (seen_at TEXT DEFAULT (datetime('now')))"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE visits (seen_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)"))
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import code, verb

FIX = "use `server_default=func.now()`, a literal in single quotes, or a default in Python"
RANK = 15

_FUNCTION = re.compile(r"function (\w+)\(.*\) does not exist")
_CALL = re.compile(r"\bdefault \w+ ?\(")


def matches(difference: Difference) -> bool:
    """One dialect refused what stands after DEFAULT."""
    sql = code(difference.sql())
    if verb(difference.sql()) not in {"create", "alter"} or " default " not in sql:
        return False
    if fails_alone(difference, "postgresql", "42883"):
        called = _FUNCTION.search(difference.message("postgresql"))
        return called is not None and bool(re.search(rf"\bdefault\b[^,]*\b{called[1]} ?\(", sql))
    if fails_alone(difference, "postgresql", "0A000"):
        return "DEFAULT expression" in difference.message("postgresql")
    if not fails_alone(difference, "sqlite", "SQLITE_ERROR") or verb(sql) == "alter":
        return False
    message = difference.message("sqlite")
    return "is not constant" in message or ('near "(": syntax error' in message and bool(_CALL.search(sql)))
