"""A time is compared with a text.

SQLite keeps a time as text and compares texts: `2024-01-31 00:00:00.000000` is not equal to `2024-01-31`, but greater.
Postgres reads the text as a time, midnight of that day, also from `1/31/2024`. So `=`, `<=` and `>` with a day
disagree at midnight. LIKE works on SQLite only: Postgres has no such operator for times (42883).

A report of "up to the 31st" has other rows at the boundary; a search by `LIKE '2024-01%'` fails.

Pass datetimes. For a whole day, use a half-open range: from its start up to, and without, the next day's.

## Bad

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime(2024, 1, 31)})
    connection.execute(sa.text("SELECT 1 AS found FROM visits WHERE seen_at <= '2024-01-31'")).all()
```

## Good

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
day = dt.datetime(2024, 1, 31)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": day})
    until = day + dt.timedelta(days=1)
    connection.execute(sa.select(visits).where(visits.c.seen_at >= day, visits.c.seen_at < until)).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import compared_texts, fails_alone, found_more

FIX = "pass datetimes, and for a day the range `column >= day, column < next_day`"

_DAY = re.compile(r"(?:\d{4}-\d\d?(?:-\d\d?)?|\d\d?[/.]\d\d?[/.]\d{4})%?")
_TIME = r"(?:timestamp with(?:out)? time zone|date|time with(?:out)? time zone)"
_TEXT = r"(?:text|character varying|unknown)"
_OPERATOR = re.compile(
    rf"operator does not exist: (?:{_TIME} (?:!?~~\*?|!?~\*?|[<>=]+|<>) {_TEXT}|{_TEXT} (?:[<>=]+) {_TIME})"
)


def matches(difference: Difference) -> bool:
    """The dialects found more or less by a day as text, or Postgres has no such operator for times."""
    if fails_alone(difference, "postgresql", "42883"):
        return bool(_OPERATOR.search(difference.message("postgresql")))
    return bool(found_more(difference)) and any(_DAY.fullmatch(text) for text in compared_texts(difference))
