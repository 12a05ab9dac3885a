"""A raw cursor gets parameters as `:name`.

Python's SQLite driver takes `:name` as well as `?`. The drivers of Postgres take `%(name)s`, so that the server
sees the colon and reports a syntax error (42601).

It looks like SQLAlchemy's `text()`, which does accept `:name` on every dialect; the SQL works until it is moved
to Postgres, because it goes past SQLAlchemy, through `raw_connection()` or `exec_driver_sql`.

Run it through `Connection.execute(text(...))`.

## Bad

```python
raw = diglot.engine.raw_connection()
raw.cursor().execute("SELECT 1 + :one", {"one": 1})
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 1 + :one AS two"), {"one": 1}).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference

FIX = "run it through `connection.execute(text(...), {...})` instead of the driver's cursor"
RANK = 10

_NAMED = re.compile(r"(?<![:\w]):[a-z_]\w*")


def matches(difference: Difference) -> bool:
    """Postgres stumbles over the colon of a named parameter that SQLite's driver filled in."""
    message = difference.message("postgresql")
    if difference.direction != "postgresql" or 'syntax error at or near ":"' not in message:
        return False
    return bool(_NAMED.search(sqltext.code(difference.sql("postgresql") or message)))
