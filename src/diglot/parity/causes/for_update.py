"""Rows are locked with FOR UPDATE.

SQLite has no locks on rows. Core leaves `.with_for_update()` out there; written in SQL, FOR UPDATE is a syntax error.
On Postgres it is refused (0A000) together with aggregates, GROUP BY, DISTINCT, UNION, or the nullable side of an outer
join, which a test on SQLite alone cannot notice.

Whether the lock does what it should, only a test with two connections on Postgres can say.

Use `.with_for_update()`, on a plain select of the rows to lock, `of=` the table in a join.

## Bad

```python
jobs = sa.table("jobs", sa.column("id", sa.Integer))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE jobs (id INTEGER)"))
    connection.execute(sa.select(sa.func.count(jobs.c.id).label("n")).with_for_update()).scalar_one()
```

## Good

```python
jobs = sa.table("jobs", sa.column("id", sa.Integer))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE jobs (id INTEGER)"))
    connection.execute(sa.select(jobs.c.id).with_for_update()).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import code

FIX = "use Core's `.with_for_update()` on a plain select of the rows to lock"
RANK = 10

_LOCKING = r"for (?:no key update|update|key share|share)\b"
_REFUSED = re.compile(rf"{_LOCKING} (?:is not allowed|cannot be applied)", re.IGNORECASE)


def matches(difference: Difference) -> bool:
    """SQLite could not parse the lock, or Postgres refused to lock such rows."""
    if fails_alone(difference, "postgresql"):
        return bool(_REFUSED.search(difference.message("postgresql")))
    return (
        fails_alone(difference, "sqlite", "SQLITE_ERROR")
        and "syntax error" in difference.message("sqlite")
        and bool(re.search(rf"\b{_LOCKING}", code(difference.sql("sqlite"))))
    )
