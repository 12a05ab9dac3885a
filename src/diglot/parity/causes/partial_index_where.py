"""A unique index is partial on one dialect only.

`Index(..., unique=True, postgresql_where=...)` is partial on Postgres. For SQLite an option of another dialect is
ignored, and the index is a full unique one: the second of two deleted rows with one name fails there. With
`sqlite_where` alone it is the other way round, and Postgres is too strict.

Give both options the same condition.

## Bad

```python
links = sa.Table("links", sa.MetaData(), sa.Column("slug", sa.Text), sa.Column("gone", sa.Boolean))
sa.Index("links_slug", links.c.slug, unique=True, postgresql_where=~links.c.gone)
links.metadata.create_all(diglot.engine)
with diglot.connect() as connection:
    connection.execute(links.insert(), {"slug": "a", "gone": True})
    connection.execute(links.insert(), {"slug": "a", "gone": True})
```

## Good

```python
links = sa.Table("links", sa.MetaData(), sa.Column("slug", sa.Text), sa.Column("gone", sa.Boolean))
sa.Index("links_slug", links.c.slug, unique=True, postgresql_where=~links.c.gone, sqlite_where=~links.c.gone)
links.metadata.create_all(diglot.engine)
with diglot.connect() as connection:
    connection.execute(links.insert(), {"slug": "a", "gone": True})
    connection.execute(links.insert(), {"slug": "a", "gone": True})
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone, statements_before
from diglot.sqltext import code

FIX = "give the index both `postgresql_where` and `sqlite_where`"
RANK = -1

_UNIQUE_INDEX = re.compile(r"^create unique index\b")
_PARTIAL = re.compile(r"^create unique index\b.* where ")


def matches(difference: Difference) -> bool:
    """One dialect alone found a double, and the other's index is partial, or was made by a migration."""
    if fails_alone(difference, "sqlite", "SQLITE_CONSTRAINT_UNIQUE"):
        return _has(difference, "postgresql", _PARTIAL) or not _has(difference, "postgresql", _UNIQUE_INDEX)
    return fails_alone(difference, "postgresql", "23505") and _has(difference, "sqlite", _PARTIAL)


def _has(difference: Difference, dialect: str, index: re.Pattern[str]) -> bool:
    """Whether the test itself made such an index."""
    return any(index.match(code(statement.sql)) for statement in statements_before(difference, dialect))
