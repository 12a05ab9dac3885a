"""A question mark stands for a parameter.

The placeholder `?` is the style of Python's SQLite driver. The drivers of Postgres know `%s` and `%(name)s`,
and send a `?` to the server as it is, where it is an operator or a syntax error (42601); psycopg 3 refuses the
parameters before that.

Whoever writes SQL for `sqlite3`, for a raw cursor or for `exec_driver_sql` is hit, at the first run on
Postgres. `exec_driver_sql` hands its text to the driver untouched, so that the dialect's own style is needed
there.

Name the parameters, and let `text()` or a Core expression write what each driver wants.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE memos (id INTEGER, body TEXT)")
    connection.exec_driver_sql("SELECT body FROM memos WHERE id = ?", (1,))
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE memos (id INTEGER, body TEXT)")
    connection.execute(sa.text("SELECT body FROM memos WHERE id = :id"), {"id": 1})
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference

FIX = 'name the parameter: `text("... = :name")` with `{"name": value}`, or a Core expression'
RANK = 10

_MARK = re.compile(r"(?<![?@#&|<>~-])\?(?![?|&#-])")
_UNUSED = re.compile(r"the query has 0 placeholders but \d+ parameters")
_REFUSED = re.compile(r"syntax error|not all arguments converted during string formatting")


def matches(difference: Difference) -> bool:
    """Postgres stumbles over a `?` that SQLite takes for a parameter."""
    message = difference.message("postgresql")
    if difference.direction != "postgresql":
        return False
    if _UNUSED.search(message):
        return True
    sql = difference.sql("postgresql") or message
    return bool(_REFUSED.search(message)) and bool(_MARK.search(sqltext.code(sql)))
