"""An Interval is read past SQLAlchemy's types.

Postgres has a type for durations. SQLite has none: SQLAlchemy stores the duration as a time, counted from the
beginning of 1970, and turns it back when it is read through Core. Read through text() it is `1970-02-10
00:00:05.000000` there, and a timedelta on Postgres.

Read it through Core, or store whole seconds, which both dialects can also add and compare.

## Bad

```python
import datetime as dt

rests = sa.Table("rests", sa.MetaData(), sa.Column("pause", sa.Interval))
rests.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(rests.insert(), {"pause": dt.timedelta(days=40)})
    connection.execute(sa.text("SELECT pause FROM rests")).scalar_one()
```

## Good

```python
import datetime as dt

rests = sa.Table("rests", sa.MetaData(), sa.Column("pause", sa.Interval))
rests.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(rests.insert(), {"pause": dt.timedelta(days=40)})
    connection.execute(sa.select(rests.c.pause)).scalar_one()
```
"""

from diglot.parity.difference import Difference

FIX = "read it through Core, or store whole seconds"
RANK = 5


def matches(difference: Difference) -> bool:
    """SQLite gave a text where Postgres gave a duration."""
    return difference.kind in {"value", "type"} and difference.types == ("str", "timedelta")
