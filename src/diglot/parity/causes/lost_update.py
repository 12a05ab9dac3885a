"""A value is read, changed in Python and written back.

Two that do it at once: on Postgres at its default level both commit, and one of the changes is lost. On SQLite, with
real transactions, the second writer has read what is no longer true, and is refused at once ("database is locked").
On Postgres that takes REPEATABLE READ or more (40001).

On SQLite it is an error that can be tried again; on Postgres a balance is wrong and nobody knows.

Change the value in the statement, `SET n = n + 1`; or read it with FOR UPDATE; or keep a version and check it.

## Bad

```python
# isolation: clone
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE stock (n INTEGER)"))
    connection.execute(sa.text("INSERT INTO stock VALUES (0)"))
with diglot.connect() as one, diglot.connect() as other:
    read = [each.execute(sa.text("SELECT n FROM stock")).scalar_one() for each in (one, other)]
    one.execute(sa.text("UPDATE stock SET n = :n"), {"n": read[0] + 1})
    one.commit()
    other.execute(sa.text("UPDATE stock SET n = :n"), {"n": read[1] + 1})
```

## Good

```python
# isolation: clone
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE stock (n INTEGER)"))
    connection.execute(sa.text("INSERT INTO stock VALUES (0)"))
with diglot.connect() as one:
    one.execute(sa.text("UPDATE stock SET n = n + 1"))
with diglot.connect() as other:
    other.execute(sa.text("UPDATE stock SET n = n + 1"))
    other.execute(sa.text("SELECT n FROM stock")).scalar_one()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "change the value in SQL, `SET n = n + 1`, read it with `.with_for_update()`, or keep a version"
RANK = 5


def matches(difference: Difference) -> bool:
    """One dialect alone refused to write over what another connection had changed since it was read."""
    if fails_alone(difference, "sqlite", "SQLITE_BUSY_SNAPSHOT"):
        return True
    return fails_alone(difference, "postgresql", "40001")
