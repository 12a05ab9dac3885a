"""A transaction goes on after a statement failed in it.

On SQLite a failed statement is undone, and the transaction goes on. On Postgres it has aborted the whole transaction:
every further statement fails with 25P02, until ROLLBACK, and what was done before is lost as well. A Session's
transaction is no exception: work done through `session.execute()` before the error is kept by SQLite and lost by
Postgres.

It hurts wherever an IntegrityError is caught and work continues: insert-or-update by hand, loops that skip doubles,
a log entry about the failure.

Guard the risky statement with a savepoint, `with connection.begin_nested():`, or avoid the failure with ON CONFLICT DO
NOTHING.

## Bad

```python
import contextlib

with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT PRIMARY KEY)"))
    connection.execute(sa.text("INSERT INTO tags VALUES ('new')"))
    with contextlib.suppress(sa.exc.IntegrityError):
        connection.execute(sa.text("INSERT INTO tags VALUES ('new')"))
    connection.execute(sa.text("INSERT INTO tags VALUES ('old')"))
```

## Good

```python
import contextlib

with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT PRIMARY KEY)"))
    connection.execute(sa.text("INSERT INTO tags VALUES ('new')"))
    with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():
        connection.execute(sa.text("INSERT INTO tags VALUES ('new')"))
    connection.execute(sa.text("INSERT INTO tags VALUES ('old')"))
```
"""

from diglot.parity.difference import Difference

FIX = "guard the statement with `with connection.begin_nested():`, or use ON CONFLICT DO NOTHING"
RANK = 20


def matches(difference: Difference) -> bool:
    """Postgres ignored a statement because another one of its transaction had failed."""
    return difference.code("postgresql") == "25P02"
