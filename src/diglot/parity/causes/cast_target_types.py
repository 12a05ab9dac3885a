"""CAST names a type that SQLite does not have.

SQLite's CAST knows text, numbers and bytes. DATE, TIMESTAMP, BOOLEAN and NUMERIC(10, 2) all mean "a number": the cast
of `2024-01-02` to DATE is 2024, of 'true' to BOOLEAN 0, and 1.005 stays 1.005. Postgres gives the day, true and 1.01.

Through text() the result is silently wrong on SQLite; Core's `cast(column, Date)` raises there while it reads the
row.

For the day of a time use `func.date(column, type_=Date)`; convert anything else in Python.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT CAST('2024-01-02' AS DATE) AS day")).scalar_one()
```

## Good

```python
day = sa.func.date("2024-01-02", type_=sa.Date)
with diglot.connect() as connection:
    connection.execute(sa.select(day.label("day"))).scalar_one()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import column_expression, statements_before
from diglot.sqltext import code

FIX = "convert in Python, or use `func.date(column, type_=Date)` for the day of a time"
RANK = 10

_CAST = re.compile(r"\bcast\(.+ as (?:date|timestamp|datetime|time|boolean|numeric|decimal)\b")
_NOT_A_DATE = re.compile(r"fromisoformat: argument must be str|Couldn't parse (?:date|datetime|time) string")


def matches(difference: Difference) -> bool:
    """A cast gave another value, or one that SQLAlchemy could not read as a date on SQLite."""
    if difference.kind == "value":
        return bool(_CAST.match(column_expression(difference)))
    if difference.direction != "sqlite" or not _NOT_A_DATE.search(difference.message("sqlite")):
        return False
    asked = [difference.sql("sqlite"), *(before.sql for before in statements_before(difference, "sqlite")[-1:])]
    return any(_CAST.search(code(sql)) for sql in asked)
