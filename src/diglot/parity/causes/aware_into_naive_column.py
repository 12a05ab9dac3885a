"""An aware datetime is stored in a column without time zone.

For `DateTime()` SQLite keeps the clock and drops the zone: 12:00 at +05:00 becomes 12:00. Through psycopg2 Postgres
gets the instant, turns it into the session's time zone, and then drops the zone: 07:00 where the session is in UTC,
another time elsewhere.

Nothing fails. Times from clients with a zone are off by hours, on each dialect by others.

Declare the column with `timezone=True`, or convert to UTC and drop the zone yourself.

## Bad

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
seen_at = dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=5)))
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": seen_at})
    connection.execute(sa.select(visits.c.seen_at)).scalar_one()
```

## Good

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
seen_at = dt.datetime(2024, 1, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=5)))
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": seen_at.astimezone(dt.timezone.utc).replace(tzinfo=None)})
    connection.execute(sa.select(visits.c.seen_at)).scalar_one()
```
"""

import datetime as dt

from diglot.parity.difference import Difference
from diglot.parity.evidence import as_datetime, parameter_values, statements_before

FIX = "use `DateTime(timezone=True)`, or store `value.astimezone(UTC).replace(tzinfo=None)`"
RANK = 1


def matches(difference: Difference) -> bool:
    """SQLite gave back the clock of an aware datetime that was stored before, and Postgres another time."""
    one, other = as_datetime(difference.sqlite_value), difference.postgresql_value
    if difference.kind != "value" or one is None or not isinstance(other, dt.datetime) or other.tzinfo is not None:
        return False
    written = (value for before in statements_before(difference, "sqlite") for value in parameter_values(before))
    return any(
        isinstance(value, dt.datetime) and value.tzinfo and value.replace(tzinfo=None) == one.replace(tzinfo=None)
        for value in written
    )
