"""LIMIT or OFFSET is written in one dialect's form.

On SQLite a negative LIMIT means no limit, `LIMIT 10, 20` skips ten rows, and OFFSET needs a LIMIT before it. On
Postgres a negative LIMIT is an error (2201W), the form with a comma a syntax error (42601), and OFFSET may stand
alone; LIMIT NULL means no limit there, and is an error on SQLite.

It hurts where -1 is the default of a page size.

Leave the limit out when there is none: Core's `.limit(None)` and `.offset(n)` render what each dialect wants.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE entries (amount INTEGER)"))
    connection.execute(sa.text("SELECT amount FROM entries ORDER BY amount LIMIT :n"), {"n": -1}).all()
```

## Good

```python
entries = sa.table("entries", sa.column("amount"))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE entries (amount INTEGER)"))
    connection.execute(sa.select(entries.c.amount).order_by(entries.c.amount).limit(None).offset(1)).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import code, words

FIX = "use Core's `.limit()` and `.offset()`, with None for no limit"
RANK = 10

_NULL_LIMIT = re.compile(r"\blimit (?:null|\?|:|%)")


def matches(difference: Difference) -> bool:
    """One dialect refused how many rows were asked for, or how that was written."""
    if fails_alone(difference, "postgresql"):
        return difference.code("postgresql") in {"2201W", "2201X"} or "LIMIT #,# syntax" in difference.message(
            "postgresql"
        )
    if not fails_alone(difference, "sqlite"):
        return False
    sql = difference.sql("sqlite")
    if difference.code("sqlite") == "SQLITE_MISMATCH":
        return bool(_NULL_LIMIT.search(code(sql)))
    return 'near "OFFSET": syntax error' in difference.message("sqlite") and "limit" not in words(sql)
