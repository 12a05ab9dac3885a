"""A text that is no date is stored as one.

A DATE or TIMESTAMP column of SQLite keeps any text. Postgres reads it: what has another form fails with 22007, what
cannot be, such as the 30th of February, with 22008.

On SQLite the text comes back unread, and the first one to notice is whoever parses it.

Parse dates in Python, where they come in.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE visits (seen_on DATE)"))
    connection.execute(sa.text("INSERT INTO visits VALUES (:day)"), {"day": "2024-02-30"})
```

## Good

```python
import datetime as dt

with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE visits (seen_on DATE)"))
    day = dt.date.fromisoformat("2024-02-29").isoformat()
    connection.execute(sa.text("INSERT INTO visits VALUES (:day)"), {"day": day})
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "parse dates in Python, where they come in: `date.fromisoformat(text)`"
RANK = 9


def matches(difference: Difference) -> bool:
    """Postgres could not read a text as a date or a time."""
    return fails_alone(difference, "postgresql", "22007", "22008")
