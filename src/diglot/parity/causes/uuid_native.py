"""A UUID is read or compared in its stored form.

`sa.Uuid` is a native `uuid` on Postgres, and CHAR(32) without dashes on SQLite. Through Core both give a Python
UUID. Through `text()` the application sees the stored form: a UUID object on Postgres, 32 hexadecimal digits on
SQLite.

`WHERE id = :id` with `str(value)` finds the row on Postgres and nothing on SQLite; with the UUID itself
SQLite's driver refuses the parameter; LIKE and a malformed text fail on Postgres.

Use Core columns everywhere, or give the parameter its type: `bindparam("id", type_=Uuid)`.

## Bad

```python
import uuid

things = sa.Table("things", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True))
things.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(things), {"id": uuid.UUID(int=171)})
    connection.execute(sa.text("SELECT 1 AS found FROM things WHERE id = :id"), {"id": str(uuid.UUID(int=171))}).all()
```

## Good

```python
import uuid

things = sa.Table("things", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True))
things.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(things), {"id": uuid.UUID(int=171)})
    connection.execute(sa.select(things.c.id).where(things.c.id == uuid.UUID(int=171))).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import parameter_values

FIX = 'use Core columns, or `bindparam("id", type_=Uuid)` in `text()`'

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_REFUSED = re.compile(
    r"invalid input syntax for type uuid|operator does not exist: (?:uuid \S+|[\w ]+ \S+ uuid)|is of type uuid but"
)


def matches(difference: Difference) -> bool:
    """A UUID object stands against its digits, or a statement is given the form of the other dialect."""
    if difference.types == ("str", "UUID"):
        return True
    if "type 'UUID' is not supported" in difference.message("sqlite"):
        return True
    if _REFUSED.search(difference.message("postgresql")):
        return True
    one, other = difference.sqlite_value, difference.postgresql_value
    if difference.kind == "value" and isinstance(one, str) and isinstance(other, str):
        return one != other and bool(_UUID.search(other)) and one == _UUID.sub(_digits, other)
    return difference.kind in {"rows", "rowcount", "value"} and _is_sought(difference)


def _is_sought(difference: Difference) -> bool:
    """Whether the statement is given a UUID with dashes, and only Postgres finds something."""
    statement, other = difference.statement("sqlite"), difference.statement("postgresql")
    if statement is None or other is None or statement.n_rows > other.n_rows:
        return False
    if not any(isinstance(value, str) and _UUID.fullmatch(value) for value in parameter_values(statement)):
        return False
    return difference.kind == "rows" or difference.sqlite_value == 0


def _digits(found: re.Match[str]) -> str:
    return found.group().replace("-", "")
