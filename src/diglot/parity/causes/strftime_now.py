"""A function for dates is called that only one dialect has.

strftime(), datetime(), julianday(), unixepoch() and date() with modifiers are SQLite's: Postgres says that the
function does not exist (42883). now(), to_char(), date_trunc(), age() and EXTRACT are Postgres's. date('now') works on
both, and gives a text in UTC on SQLite and a date in the session's time zone on Postgres.

Reports and clean-up jobs are full of them.

Compute times in Python and pass them as parameters; for a part of a date use Core's `extract()` with a cast.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT strftime('%Y', '2024-01-02') AS year")).scalar_one()
```

## Good

```python
import datetime as dt

visits = sa.Table("visits", sa.MetaData(), sa.Column("seen_at", sa.DateTime))
visits.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(visits.insert(), {"seen_at": dt.datetime(2024, 1, 2)})
    year = sa.cast(sa.extract("year", visits.c.seen_at), sa.Integer)
    connection.execute(sa.select(year.label("year"))).scalar_one()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import column_expression, fails_alone
from diglot.sqltext import functions, literals

FIX = "compute times in Python and pass them as parameters; for parts of a date use Core's `extract()`"
RANK = 10

_ONLY_SQLITE = re.compile(r"function (?:date|datetime|julianday|strftime|time|timediff|unixepoch)\(")
_ONLY_POSTGRES = re.compile(
    r"no such function: (?:age|clock_timestamp|date_bin|date_part|date_trunc|extract|localtimestamp|make_\w+|now"
    r"|statement_timestamp|to_char|to_date|to_timestamp|transaction_timestamp)\b",
    re.IGNORECASE,
)


def matches(difference: Difference) -> bool:
    """One dialect does not know the other's function, or both have it and mean another now."""
    if fails_alone(difference, "postgresql", "42883"):
        return bool(_ONLY_SQLITE.search(difference.message("postgresql")))
    if fails_alone(difference, "sqlite"):
        message = difference.message("sqlite")
        return bool(_ONLY_POSTGRES.search(message)) or (
            'near "FROM": syntax error' in message and "extract" in functions(difference.sql("sqlite"))
        )
    if difference.kind not in {"value", "type"} or "now" not in literals(difference.sql("sqlite")):
        return False
    return column_expression(difference).startswith(("date('')", "time('')"))
