"""The greatest or smallest UUID is asked for.

On SQLite a UUID is text, and `max(id)` works. Postgres can sort UUIDs, but versions up to 18 have no `max` and
no `min` for them (42883).

Order by the column and take the first row. Both dialects sort UUIDs by their bytes.

## Bad

```python
things = sa.Table("things", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True))
things.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.select(sa.func.max(things.c.id))).all()
```

## Good

```python
things = sa.Table("things", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True))
things.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.select(things.c.id).order_by(things.c.id.desc()).limit(1)).all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "write `order_by(column.desc()).limit(1)`"
RANK = 10

_MISSING = re.compile(r"function (?:max|min)\(uuid\) does not exist")


def matches(difference: Difference) -> bool:
    """Postgres has no such aggregate for UUIDs."""
    return bool(_MISSING.search(difference.message("postgresql")))
