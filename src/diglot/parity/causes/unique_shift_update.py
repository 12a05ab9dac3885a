"""Unique values are shifted by one UPDATE.

`UPDATE items SET position = position + 1` passes through states in which two rows have one position. Both dialects
check row by row; whether they stumble depends on the order in which they visit the rows: by rowid on SQLite, as they
lie in the file on Postgres, where every earlier UPDATE has moved some.

So it works in the test and fails in production, on either.

Shift in two steps, over negative numbers; or make the constraint deferrable on Postgres.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE slots (id INTEGER PRIMARY KEY, position INTEGER UNIQUE)"))
    connection.execute(sa.text("INSERT INTO slots VALUES (1, 2), (2, 1)"))
    connection.execute(sa.text("UPDATE slots SET id = id WHERE id = 1"))
    connection.execute(sa.text("UPDATE slots SET position = position + 1"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE slots (id INTEGER PRIMARY KEY, position INTEGER UNIQUE)"))
    connection.execute(sa.text("INSERT INTO slots VALUES (1, 2), (2, 1)"))
    connection.execute(sa.text("UPDATE slots SET id = id WHERE id = 1"))
    connection.execute(sa.text("UPDATE slots SET position = -(position + 1)"))
    connection.execute(sa.text("UPDATE slots SET position = -position"))
```
"""

import re

from diglot.parity.difference import Difference
from diglot.sqltext import code, verb

FIX = "shift in two steps: to negative numbers, then back; or make the constraint deferrable"
RANK = 10

_SHIFT = re.compile(r'[ ,]"?(\w+)"? ?= ?\(?(?:\w+\.)?"?\1"? ?[-+]')
_TAKEN = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}


def matches(difference: Difference) -> bool:
    """One dialect found a double while a column was set to itself and a number."""
    failed = difference.direction
    if failed == "both" or difference.code(failed) not in _TAKEN:
        return False
    sql = difference.sql(failed)
    return verb(sql) == "update" and bool(_SHIFT.search(code(sql)))
