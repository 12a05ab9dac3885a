"""A statement changes rows in one dialect's form.

Both have RETURNING, SQLite since 3.35, and both take it after a plain INSERT, UPDATE or DELETE. In SQLite RETURNING
does not know the alias of an UPDATE, there is no INSERT, UPDATE or DELETE inside WITH, and no DELETE ... USING.
Postgres has no LIMIT or ORDER BY on UPDATE and DELETE.

Queues are built from these: "take one job", "move the old rows".

Use Core's `.returning()`, a subquery for the rows to change, and separate statements.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE jobs (id INTEGER, state TEXT)"))
    connection.execute(
        sa.text("WITH done AS (DELETE FROM jobs WHERE state = 'done' RETURNING id) SELECT id FROM done")
    ).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE jobs (id INTEGER, state TEXT)"))
    connection.execute(sa.text("DELETE FROM jobs WHERE state = 'done' RETURNING id")).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import code, verb

FIX = "use Core's `.returning()` on plain statements, with a subquery for the rows to change"
RANK = 10

_INSIDE_WITH = re.compile(r"\bas (?:(?:not )?materialized )?\( ?(?:insert|update|delete)\b")
_NEAR = re.compile(r'near "(\w+)": syntax error', re.IGNORECASE)
_NEAR_ON_POSTGRES = re.compile(r'syntax error at or near "(?:limit|order)"', re.IGNORECASE)


def matches(difference: Difference) -> bool:
    """One dialect refused the form of an UPDATE or a DELETE, or of what it returns."""
    sql = code(difference.sql())
    if fails_alone(difference, "postgresql", "42601"):
        return verb(sql) in {"update", "delete"} and bool(_NEAR_ON_POSTGRES.search(difference.message("postgresql")))
    if not fails_alone(difference, "sqlite", "SQLITE_ERROR"):
        return False
    message = difference.message("sqlite")
    near = _NEAR.search(message)
    if near is None:
        return "no such column" in message and " returning " in sql and verb(sql) in {"update", "delete"}
    word = near[1].lower()
    if word in {"insert", "update", "delete"}:
        return bool(_INSIDE_WITH.search(sql))
    return word == "returning" or (word == "using" and verb(sql) == "delete")
