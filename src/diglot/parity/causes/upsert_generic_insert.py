"""One dialect's insert() runs on the other.

`sqlalchemy.dialects.sqlite.insert()` with `on_conflict_do_update()` does not compile for Postgres: an AttributeError
from inside the compiler, no database error. The other way round it happens to compile, and leaves out what SQLite does
not know: with `constraint="..."` the statement says ON CONFLICT without a key, and updates on any conflict.

Choose the insert() by the connection's dialect, in one place.

## Bad

```python
from sqlalchemy.dialects.sqlite import insert

tags = sa.Table("tags", sa.MetaData(), sa.Column("tag", sa.Text, primary_key=True), sa.Column("uses", sa.Integer))
tags.create(diglot.engine)
upsert = insert(tags).values(tag="new", uses=1)
with diglot.connect() as connection:
    connection.execute(upsert.on_conflict_do_update(index_elements=["tag"], set_={"uses": upsert.excluded.uses}))
```

## Good

```python
from sqlalchemy.dialects import postgresql, sqlite

tags = sa.Table("tags", sa.MetaData(), sa.Column("tag", sa.Text, primary_key=True), sa.Column("uses", sa.Integer))
tags.create(diglot.engine)
with diglot.connect() as connection:
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    upsert = insert(tags).values(tag="new", uses=1)
    connection.execute(upsert.on_conflict_do_update(index_elements=["tag"], set_={"uses": upsert.excluded.uses}))
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import statements
from diglot.sqltext import code

FIX = "choose `postgresql.insert` or `sqlite.insert` by `connection.dialect.name`, in one place"
RANK = 5

_COMPILER = re.compile(r"'OnConflictDo\w+' object has no attribute|\bvisit_on_conflict_do_")


def matches(difference: Difference) -> bool:
    """The upsert did not compile for one dialect, or was never sent to it."""
    failed = difference.direction
    if failed != "both" and _COMPILER.search(difference.message(failed)):
        return True
    if difference.kind != "statement" or " on conflict" not in code(difference.sql()):
        return False
    ran, missed = ("sqlite", "postgresql") if difference.sqlite is not None else ("postgresql", "sqlite")
    return _upserts(difference, ran) > _upserts(difference, missed)


def _upserts(difference: Difference, dialect: str) -> int:
    """How many statements with an ON CONFLICT the dialect's run had."""
    return sum(" on conflict" in code(statement.sql) for statement in statements(difference, dialect))
