"""LIKE is asked of something that is no text.

SQLite turns whatever it is into text first: `id LIKE '1%'` works on numbers. Postgres has LIKE for text only
(42883: `operator does not exist: integer ~~ unknown`).

Search fields that look into all columns do this.

CAST the column to TEXT.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE numbers (id INTEGER)")
    connection.execute(sa.text("SELECT id FROM numbers WHERE id LIKE '1%'")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE numbers (id INTEGER)")
    connection.execute(sa.text("SELECT id FROM numbers WHERE CAST(id AS TEXT) LIKE '1%'")).all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "write `CAST(column AS TEXT) LIKE ...`"

_OPERATOR = re.compile(r"operator does not exist: (?P<left>[\w ]+?) !?~~\*? ")
_OTHERS = re.compile(r"uuid|timestamp|date|time|interval")


def matches(difference: Difference) -> bool:
    """Postgres has no LIKE for a type, which is none that another cause is about."""
    found = _OPERATOR.search(difference.message("postgresql"))
    return found is not None and not _OTHERS.match(found["left"])
