"""Texts of a group are joined by one dialect's function.

SQLite has group_concat(), Postgres string_agg(); SQLite has had both since 3.44. The order of what is joined is open,
unless the aggregate has an ORDER BY of its own, which SQLite knows since 3.44 as well.

Use Core's `aggregate_strings()`, which renders what each has, and select the rows in order when the order matters.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
    connection.execute(sa.text("SELECT group_concat(tag, ',') AS tags FROM tags")).scalar_one()
```

## Good

```python
tags = sa.table("tags", sa.column("tag", sa.String))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
    connection.execute(sa.select(sa.func.aggregate_strings(tags.c.tag, ",").label("tags"))).scalar_one()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "use Core's `func.aggregate_strings(column, separator)`"
RANK = 10

_POSTGRES = re.compile(r"function group_concat\(")
_SQLITE = re.compile(r"no such function: (?:string_agg|array_agg)\b", re.IGNORECASE)


def matches(difference: Difference) -> bool:
    """One dialect does not know the other's function."""
    if fails_alone(difference, "postgresql", "42883"):
        return bool(_POSTGRES.search(difference.message("postgresql")))
    return fails_alone(difference, "sqlite") and bool(_SQLITE.search(difference.message("sqlite")))
