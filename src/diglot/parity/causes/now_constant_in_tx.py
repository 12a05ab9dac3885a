"""The database's now stands still in a transaction.

On Postgres now() and CURRENT_TIMESTAMP are when the transaction began, however long it lasts; on SQLite each
statement has its own.

Rows of one transaction have the same time on Postgres. What is ordered by it comes in any order, a duration measured
with it is zero, and an audit trail loses its sequence. A test that wraps everything into one transaction makes it
worse.

Order by the time and then by the id; where the moment matters, take the time in Python.

## Bad

```python
import time

with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE steps (id INTEGER, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)"))
    connection.execute(sa.text("INSERT INTO steps (id) VALUES (1)"))
    time.sleep(1.1)
    connection.execute(sa.text("INSERT INTO steps (id) VALUES (2)"))
    connection.execute(sa.text("SELECT id, at FROM steps ORDER BY at DESC")).all()
```

## Good

```python
import datetime as dt

at = sa.Column("at", sa.DateTime, default=lambda: dt.datetime.now(dt.timezone.utc).replace(tzinfo=None))
steps = sa.Table("steps", sa.MetaData(), sa.Column("id", sa.Integer), at)
steps.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(steps.insert(), {"id": 1})
    connection.execute(steps.insert(), {"id": 2})
    connection.execute(sa.select(steps.c.id, steps.c.at).order_by(steps.c.at.desc(), steps.c.id.desc())).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import as_datetime, events_before, is_near_to_run
from diglot.parity.ordering import cells, sort_columns
from diglot.parity.trace import Statement, Transaction

FIX = "order by the time and then by the id, or take the time in Python"
RANK = 6


def matches(difference: Difference) -> bool:
    """Postgres gave one time for what SQLite gave several, all near to now."""
    if difference.kind == "order":
        return any(_only_sqlite_tells_apart(difference, at) for at in sort_columns(difference))
    return difference.kind in {"value", "type"} and _stood_still(difference)


def _only_sqlite_tells_apart(difference: Difference, column: int) -> bool:
    one, other = (cells(difference, name, column) for name in ("sqlite", "postgresql"))
    times = [as_datetime(value) for value in (*one, *other)]
    if not times or not all(value is not None and is_near_to_run(difference, value) for value in times):
        return False
    return len(set(map(str, other))) < len(set(map(str, one)))


def _stood_still(difference: Difference) -> bool:
    """Whether the same statement gave the same time before, in the same transaction, on Postgres alone."""
    if as_datetime(difference.postgresql_value) is None:
        return False
    before = {name: _last_value(difference, name) for name in ("sqlite", "postgresql")}
    if before["sqlite"] is None or before["postgresql"] != difference.postgresql_value:
        return False
    return str(before["sqlite"]) != str(difference.sqlite_value)


def _last_value(difference: Difference, dialect: str) -> object:
    """What the same statement gave when it ran before in the transaction, as its only cell; else None."""
    for event in reversed(events_before(difference, dialect)):
        if isinstance(event, Transaction) and event.action in {"begin", "commit", "rollback"}:
            return None
        if isinstance(event, Statement) and event.sql == difference.sql(dialect) and event.rows:
            return event.rows[0][0] if len(event.rows[0]) == 1 else None
    return None
