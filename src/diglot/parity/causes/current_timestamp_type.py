"""CURRENT_TIMESTAMP is selected.

On SQLite it is a text in UTC with whole seconds, `2026-01-31 09:30:00`; through Core's `func.now()` a naive datetime.
On Postgres it is an aware datetime with microseconds, in the time zone of the session. CURRENT_DATE is a text on one
and a date on the other, which may even be another day.

Code that formats, compares or subtracts it fails on one of the two, or is wrong by the zone's hours.

Take the time in Python, in UTC, and pass it as a parameter.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT CURRENT_TIMESTAMP AS now")).scalar_one()
```

## Good

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime.now(dt.timezone.utc).replace(tzinfo=None)})
    connection.execute(sa.select(visits.c.seen_at)).scalar_one()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import column_expression

FIX = "take the time in Python: `datetime.now(UTC)`, as a parameter"
RANK = 5

_NOW = re.compile(r"^(?:current_timestamp|current_date|current_time|localtimestamp|now\(\))(?: |$)")


def matches(difference: Difference) -> bool:
    """The column is nothing but the database's idea of now."""
    if difference.kind not in {"value", "type"}:
        return False
    return any(_NOW.match(column_expression(difference, name)) for name in ("sqlite", "postgresql"))
