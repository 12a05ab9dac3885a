"""A text is longer than its column.

SQLite reads `VARCHAR(3)` as TEXT and ignores the length. Postgres refuses a longer text (22001). A CAST to the
type cuts it on Postgres, silently, and does nothing on SQLite.

It comes with the data: a long name, a token that grew, an error message that is stored.

Validate the length where the text comes in; use TEXT where there is no real limit; a CHECK makes SQLite as
strict.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE labels (name VARCHAR(3))")
    connection.execute(sa.text("INSERT INTO labels VALUES (:name)"), {"name": "abcd"})
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE labels (name VARCHAR(3))")
    connection.execute(sa.text("INSERT INTO labels VALUES (:name)"), {"name": "abcd"[:3]})
```
"""

import re

from diglot.parity.cell import behind
from diglot.parity.difference import Difference

FIX = "validate the length, or use TEXT; `CHECK (length(name) <= n)` makes SQLite as strict"
RANK = 10

_CAST = re.compile(r"\bcast ?\(.* as (?:var)?char(?:acter)?(?: varying)? ?\(")


def matches(difference: Difference) -> bool:
    """Postgres refuses a text for its length, or cut it in a CAST."""
    if difference.code("postgresql") == "22001":
        return "value too long for type character" in difference.message("postgresql")
    if difference.kind != "value" or difference.types != ("str", "str"):
        return False
    cut = difference.sqlite_value.startswith(difference.postgresql_value)
    return bool(cut) and bool(_CAST.search(behind(difference)))
