"""A date or time is read past SQLAlchemy's types.

Through text() or a raw cursor, SQLite gives what it stores: a text, such as `2024-01-02 03:04:05.600000`. Postgres
gives a datetime or a date.

Code written on SQLite parses the text, which fails on Postgres; code written for datetimes meets a str without
`.year`. In JSON the two look different as well.

Say the type: select through Core, or add `.columns(seen_at=sa.DateTime)` to the text.

## Bad

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime(2024, 1, 2, 3, 4, 5)})
    connection.execute(sa.text("SELECT seen_at FROM visits")).scalar_one()
```

## Good

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime(2024, 1, 2, 3, 4, 5)})
    connection.execute(sa.text("SELECT seen_at FROM visits").columns(seen_at=sa.DateTime)).scalar_one()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "select through Core, or declare the types: `text(...).columns(seen_at=DateTime)`"
RANK = -1

_TIMES = {"date", "datetime[naive]", "datetime[tz]", "time"}
_FAILED = re.compile(
    r"'str' object has no attribute '(?:year|month|day|hour|minute|second|date|time|isoformat|timestamp|tzinfo"
    r"|astimezone|strftime|utcoffset|weekday)'"
    r"|unsupported operand type\(s\) for [-+]: .*(?:'str' and 'datetime|'datetime[\w.]*' and 'str')"
    r"|not supported between instances of (?:'str' and 'date|'date[\w.]*' and 'str')"
)


def matches(difference: Difference) -> bool:
    """SQLite gave a text where Postgres gave a date or a time, or Python took such a text for one."""
    if difference.kind in {"value", "type"}:
        return difference.types[0] == "str" and difference.types[1] in _TIMES
    return difference.direction == "sqlite" and bool(_FAILED.search(difference.message("sqlite")))
