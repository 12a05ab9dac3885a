"""Names stand in square brackets or backticks, or an alias in single quotes.

SQLite accepts the quotes of other databases: `[name]`, backticks, and 'name' in single quotes where a name must
stand. Postgres accepts double quotes only and reports a syntax error (42601).

It is what tools for those databases generate, and what a habit brings along.

Use double quotes, or names that need none.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE things (name TEXT)")
    connection.execute(sa.text("SELECT [name] FROM things")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE things (name TEXT)")
    connection.execute(sa.text('SELECT "name" FROM things')).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference

FIX = "use double quotes, or none"
RANK = 9

_QUOTED = re.compile(r"syntax error at or near \"'")


def matches(difference: Difference) -> bool:
    """Postgres stumbles over a statement with foreign quotes around a name."""
    message = difference.message("postgresql")
    if difference.direction != "postgresql" or "syntax error at" not in message:
        return False
    if _QUOTED.search(message):
        return True
    tokens = sqltext.tokens(difference.sql("postgresql") or message)
    return any(token.kind == "name" and token.text[0] in "`[" for token in tokens)
