"""An id is used again on SQLite.

Without AUTOINCREMENT SQLite numbers a new row one above the greatest id that is there: after the last row was deleted,
or a transaction rolled back, the same id comes again. A sequence of Postgres never goes back: deleted and rolled back
ids leave gaps, and a refused INSERT as well.

Tests that assert ids disagree. In production it is SQLite that is dangerous: a link to a deleted order shows somebody
else's.

Do not assert generated ids; give the table `sqlite_autoincrement=True`, or use UUIDs.

## Bad

```python
tags = sa.Table("tags", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("tag", sa.Text))
tags.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(tags.insert(), {"tag": "a"})
    connection.execute(tags.delete())
    connection.execute(tags.insert(), {"tag": "b"})
    connection.execute(sa.select(tags.c.id)).scalar_one()
```

## Good

```python
id_column = sa.Column("id", sa.Integer, primary_key=True)
tags = sa.Table("tags", sa.MetaData(), id_column, sa.Column("tag", sa.Text), sqlite_autoincrement=True)
tags.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(tags.insert(), {"tag": "a"})
    connection.execute(tags.delete())
    connection.execute(tags.insert(), {"tag": "b"})
    connection.execute(sa.select(tags.c.id)).scalar_one()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import events_before
from diglot.parity.trace import Statement, Transaction
from diglot.sqltext import verb

FIX = "do not rely on generated ids; `sqlite_autoincrement=True` keeps SQLite from using them again"

_GIVES_BACK = {"rollback", "rollback_to"}


def matches(difference: Difference) -> bool:
    """An id is greater on Postgres, after rows were deleted, refused or rolled back."""
    one, other = _ids(difference)
    if type(one) is not int or type(other) is not int or one >= other:
        return False
    return any(_leaves_a_gap(event) for event in events_before(difference, "postgresql"))


def _ids(difference: Difference) -> tuple[object, object]:
    """The two ids that differ: of a column named like one, or of what an INSERT returned."""
    inserted = verb(difference.sql()) == "insert"
    one, other = difference.sqlite_value, difference.postgresql_value
    if difference.kind == "rows" and inserted and isinstance(one, tuple) and isinstance(other, tuple):
        return one[0], other[0]
    named = difference.column.lower() == "id" or difference.column.lower().endswith("_id")
    return (one, other) if difference.kind == "value" and (inserted or named) else (None, None)


def _leaves_a_gap(event: object) -> bool:
    if isinstance(event, Transaction):
        return event.action in _GIVES_BACK
    return isinstance(event, Statement) and (event.failure is not None or verb(event.sql) in {"delete", "truncate"})
