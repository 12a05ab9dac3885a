"""JSON's null and SQL's NULL are taken for the same.

By default `sa.JSON` stores Python's None as JSON's null. Read through `text()` it is the text 'null' on SQLite
and None on Postgres, which looks like a real NULL there and is none: `IS NULL` finds only the rows that were
never set.

A comparison with `JSON.NULL` works on SQLite and fails on Postgres, where `json` has no equality (42883).

Declare the column `JSON(none_as_null=True)`, so that there is one kind of nothing.

## Bad

```python
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", sa.JSON))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(documents), {"body": None})
    connection.execute(sa.text("SELECT body FROM documents")).all()
```

## Good

```python
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", sa.JSON(none_as_null=True)))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(documents), {"body": None})
    connection.execute(sa.text("SELECT body FROM documents")).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference
from diglot.parity.evidence import parameter_values

FIX = "declare `JSON(none_as_null=True)`"
RANK = 11

_EQUALITY = re.compile(r"operator does not exist: json (?:=|<>) (?:json|unknown|text)")


def matches(difference: Difference) -> bool:
    """The text null stands against nothing, or a document is compared with JSON's null."""
    if difference.kind in {"value", "body"} and difference.sqlite_value == "null":
        return difference.postgresql_value is None
    if not _EQUALITY.search(difference.message("postgresql")):
        return False
    given = parameter_values(difference.statement("postgresql"))
    return "null" in sqltext.literals(difference.sql("postgresql")) or any(
        value == "null" or getattr(value, "name", "") == "JSON_NULL" for value in given
    )
