"""Times are added or subtracted in SQL.

`seen_at + INTERVAL '1 day'` is Postgres's, and a syntax error on SQLite. There a time is text, and `-` makes a number
of what it begins with: the difference of two times is the difference of their years, 0 mostly, and `born + 1` is a
year and one. On Postgres they are an interval and the next day.

What fails is found at once; a duration of 0 is not.

Compute the other end in Python and compare; subtract datetimes after they were read.

## Bad

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_on", sa.Date))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_on": dt.date(2024, 1, 31)})
    connection.execute(sa.text("SELECT seen_on + 1 AS next_day FROM visits")).scalar_one()
```

## Good

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_on", sa.Date))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_on": dt.date(2024, 1, 31)})
    connection.execute(sa.select(visits.c.seen_on)).scalar_one() + dt.timedelta(days=1)
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import words

FIX = "compute the other end in Python; subtract datetimes after they were read"
RANK = 1

_TIMES = {"date", "datetime[naive]", "datetime[tz]", "time", "timedelta"}


def matches(difference: Difference) -> bool:
    """SQLite gave a number where Postgres gave a time or a duration, or does not know INTERVAL."""
    if difference.kind == "value":
        return difference.types[0] in {"int", "float"} and difference.types[1] in _TIMES
    return (
        fails_alone(difference, "sqlite", "SQLITE_ERROR")
        and "syntax error" in difference.message("sqlite")
        and "interval" in words(difference.sql("sqlite"))
    )
