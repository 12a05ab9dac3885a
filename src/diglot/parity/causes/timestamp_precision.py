"""One instant is stored as two texts.

SQLite keeps a time as text. CURRENT_TIMESTAMP and hand-written SQL leave `2024-01-02 03:04:05`; SQLAlchemy writes the
same instant as `2024-01-02 03:04:05.000000`, and JSON brings `2024-01-02T03:04:05`. Compared as texts they are not
equal, nor is one of them at or after the other. Postgres compares instants.

A column with two writers, a server default and Python, or a value that came as ISO text: a row at the very boundary
is missed on SQLite, and an instant counts twice in DISTINCT.

Let one writer fill the column, and pass datetimes, not texts.

## Bad

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.text("INSERT INTO visits VALUES ('2024-01-02 03:04:05')"))
    connection.execute(sa.select(visits).where(visits.c.seen_at == dt.datetime(2024, 1, 2, 3, 4, 5))).all()
```

## Good

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime(2024, 1, 2, 3, 4, 5)})
    connection.execute(sa.select(visits).where(visits.c.seen_at == dt.datetime(2024, 1, 2, 3, 4, 5))).all()
```
"""

import datetime as dt
import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import compared_texts, found_more, parameter_values

FIX = "let one writer fill the column, and compare with datetimes, not with texts"
RANK = -1

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


def matches(difference: Difference) -> bool:
    """The dialects found more or less by a time without zone, whole or as text."""
    if not found_more(difference):
        return False
    given = parameter_values(difference.statement("sqlite"))
    if any(isinstance(value, dt.datetime) and value.tzinfo is None for value in given):
        return True
    return any(_INSTANT.match(text) for text in compared_texts(difference))
