"""A column with time zone gives naive datetimes on SQLite.

SQLite has no type for an instant. `DateTime(timezone=True)` drops the zone there without converting: 12:00 at +05:00
is stored, and comes back, as 12:00 of no zone. Postgres stores the instant and returns it aware, in the session's
zone; a naive value it takes for the session's local time.

`datetime.now(UTC) - row.created_at` raises TypeError on SQLite only. The other damage is silent: the wrong instant
for whatever was not UTC, and comparisons that miss.

Use a type that refuses naive values, stores UTC and returns UTC on both dialects.

## Bad

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime(timezone=True)))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone.utc)})
    connection.execute(sa.select(visits.c.seen_at)).scalar_one()
```

## Good

```python
import datetime as dt

class Instant(sa.TypeDecorator):
    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value.astimezone(dt.timezone.utc)

    def process_result_value(self, value, dialect):
        return value.replace(tzinfo=dt.timezone.utc) if value.tzinfo is None else value.astimezone(dt.timezone.utc)

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", Instant))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone.utc)})
    connection.execute(sa.select(visits.c.seen_at)).scalar_one()
```
"""

import datetime as dt
import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import found_more, parameter_values

FIX = "use a TypeDecorator that refuses naive datetimes, stores UTC and returns aware UTC"

_MIXED = re.compile(r"can't (?:subtract|compare) offset-naive and offset-aware datetimes")


def matches(difference: Difference) -> bool:
    """A datetime is naive on one dialect only, or an aware one was looked for and missed."""
    if difference.kind in {"value", "type"} and set(difference.types) == {"datetime[naive]", "datetime[tz]"}:
        return True
    if difference.direction == "sqlite" and _MIXED.search(difference.message("sqlite")):
        return True
    given = parameter_values(difference.statement("sqlite"))
    return bool(found_more(difference)) and any(isinstance(value, dt.datetime) and value.tzinfo for value in given)
