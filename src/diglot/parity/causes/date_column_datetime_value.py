"""A text is given to a date or time column.

SQLAlchemy's types for SQLite make the text themselves, and refuse anything but a date or a datetime with a TypeError.
For Postgres the driver passes the text on, and the database reads it.

Code that stores what came in a request, as ISO text, works on Postgres only.

Parse it first: `datetime.fromisoformat()`.

## Bad

```python
visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": "2024-01-02"})
```

## Good

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime.fromisoformat("2024-01-02")})
```
"""

import re

from diglot.parity.difference import Difference

FIX = "parse the text first: `datetime.fromisoformat(text)`"
RANK = 10

_REFUSED = re.compile(r"SQLite (?:DateTime|Date|Time) type only accepts Python")


def matches(difference: Difference) -> bool:
    """SQLAlchemy's type for SQLite refused the value."""
    return difference.direction == "sqlite" and bool(_REFUSED.search(difference.message("sqlite")))
