"""An aborted transaction is committed.

After a failed statement Postgres answers COMMIT with ROLLBACK, and says so to nobody: psycopg2's `commit()` does not
raise. SQLite commits what else the transaction did.

It is the quiet sister of "a transaction goes on": an error is caught, nothing more happens, the block ends well, and
all of its work is missing, on Postgres only. Diglot stops such a commit (DG403).

Let the error reach the end of the transaction, or guard the statement with a savepoint.

## Bad

```python
import contextlib

with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT PRIMARY KEY)"))
    connection.execute(sa.text("INSERT INTO tags VALUES ('new')"))
    with contextlib.suppress(sa.exc.IntegrityError):
        connection.execute(sa.text("INSERT INTO tags VALUES ('new')"))
```

## Good

```python
import contextlib

with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT PRIMARY KEY)"))
    connection.execute(sa.text("INSERT INTO tags VALUES ('new')"))
    with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():
        connection.execute(sa.text("INSERT INTO tags VALUES ('new')"))
```
"""

from diglot.parity.difference import Difference

FIX = "let the error end the transaction, or guard the statement with `with connection.begin_nested():`"
RANK = 20


def matches(difference: Difference) -> bool:
    """A commit lost its work on Postgres, or Diglot stopped it."""
    failure = difference.failure("postgresql")
    return difference.kind == "lost" or (failure is not None and failure.name == "AbortedCommit")
