"""CURRENT_TIMESTAMP meets a column without time zone.

As a default of a TIMESTAMP column, or compared with one, CURRENT_TIMESTAMP is UTC on SQLite. Postgres turns it into
the time zone of the session first and then drops the zone: the clock on the wall of wherever the server thinks it is.

Where the server runs in UTC, as in most tests, nobody sees it. Elsewhere every default is off by hours, twice a year
by another hour, and a session that "expires in 15 minutes" has expired or lasts all day. Diglot's Postgres runs in a
zone that is not UTC so that it shows.

Declare the column with its time zone, or let Python write the time, in UTC.

## Bad

```python
visits = sa.Table(
    "visits",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seen_at", sa.DateTime, server_default=sa.func.current_timestamp()),
)
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"id": 1})
    connection.execute(sa.select(visits.c.seen_at)).scalar_one()
```

## Good

```python
import datetime as dt

def now():
    return dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)

visits = sa.Table(
    "visits",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("seen_at", sa.DateTime, default=now),
)
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"id": 1})
    connection.execute(sa.select(visits.c.seen_at)).scalar_one()
```
"""

import datetime as dt

from diglot.parity.difference import Difference
from diglot.parity.evidence import as_datetime, found_more, is_near_to_run, parameter_values
from diglot.sqltext import functions, words

FIX = "use `DateTime(timezone=True)`, or a Python default of `datetime.now(UTC)`"

_QUARTER = dt.timedelta(minutes=15)
_SLACK = dt.timedelta(seconds=5)
_FARTHEST = dt.timedelta(hours=15)


def matches(difference: Difference) -> bool:
    """A time near to now is off by a time zone, or the dialects disagree on what is before or after now."""
    if difference.kind in {"value", "type"} and _is_off_by_a_zone(difference):
        return True
    if not found_more(difference):
        return False
    sql = difference.sql("sqlite")
    if "current_timestamp" in words(sql) or "now" in functions(sql):
        return True
    given = [value for value in parameter_values(difference.statement("sqlite")) if isinstance(value, dt.datetime)]
    return any(value.tzinfo is None and is_near_to_run(difference, value) for value in given)


def _is_off_by_a_zone(difference: Difference) -> bool:
    one, other = as_datetime(difference.sqlite_value), difference.postgresql_value
    if one is None or not isinstance(other, dt.datetime) or one.tzinfo or other.tzinfo:
        return False
    rest = (other - one) % _QUARTER
    is_a_zone = _SLACK < abs(other - one) < _FARTHEST and min(rest, _QUARTER - rest) <= _SLACK
    return is_a_zone and is_near_to_run(difference, one)
