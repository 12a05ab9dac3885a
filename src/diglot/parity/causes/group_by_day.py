"""date() is called on a time.

On SQLite date() gives a text, and the day in UTC, since that is how times are stored. On Postgres it is a cast: it
gives a date, and for a time with zone the day in the session's time zone, which may be the day before or after.

Charts by day have other keys, str or date, and at night the events of another day.

Say the type, `func.date(column, type_=sa.Date)`, on times in UTC without zone; or group in Python.

## Bad

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime(2024, 1, 1, 2)})
    day = sa.func.date(visits.c.seen_at)
    connection.execute(sa.select(day.label("day"), sa.func.count().label("n")).group_by(day)).all()
```

## Good

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime(2024, 1, 1, 2)})
    day = sa.func.date(visits.c.seen_at, type_=sa.Date)
    connection.execute(sa.select(day.label("day"), sa.func.count().label("n")).group_by(day)).all()
```
"""

from diglot.parity.difference import Difference, type_name
from diglot.parity.evidence import column_expression
from diglot.sqltext import select_list

FIX = "say the type: `func.date(column, type_=Date)`, on times in UTC without zone"
RANK = 5


def matches(difference: Difference) -> bool:
    """The column is the day of a time: a text, or another day, on one of the dialects."""
    if difference.kind == "rows":
        return any(part.startswith("date(") for part in select_list(difference.sql()) if _has_dates(difference))
    if difference.kind not in {"value", "type"} or difference.types[1] != "date":
        return False
    return column_expression(difference).startswith("date(")


def _has_dates(difference: Difference) -> bool:
    return any(type_name(cell) == "date" for row in difference.rows("postgresql") for cell in row)
