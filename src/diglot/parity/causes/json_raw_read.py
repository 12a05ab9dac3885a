"""A JSON column is read as it is stored.

SQLite stores JSON as text. Through `text()` the application gets this text; psycopg2 parses JSON and gives a
dict, a list, a number or a string.

`json.loads(row.data)` works on SQLite and fails on Postgres (`the JSON object must be str, bytes or bytearray,
not dict`); `row.data["key"]` works on Postgres and fails on SQLite. Neither takes a dict for a parameter of
`text()`.

Read and write through a column of the type JSON, or tell `text()` the type.

## Bad

```python
import json

documents = sa.Table("documents", sa.MetaData(), sa.Column("body", sa.JSON))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(documents), {"body": {"a": 1}})
    json.loads(connection.execute(sa.text("SELECT body FROM documents")).scalar_one())
```

## Good

```python
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", sa.JSON))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(documents), {"body": {"a": 1}})
    connection.execute(sa.text("SELECT body FROM documents").columns(body=sa.JSON)).scalar_one()
```
"""

import json
import re

from diglot.parity.cell import is_column
from diglot.parity.difference import Difference

FIX = "read through a JSON column, or `text(...).columns(body=JSON)`"

_LOADED = re.compile(r"the JSON object must be str, bytes or bytearray, not (?:dict|list|int|float|bool)")


def matches(difference: Difference) -> bool:
    """SQLite gave the text of a document, and Postgres's driver what the text means."""
    if difference.direction == "postgresql" and _LOADED.search(difference.message("postgresql")):
        return True
    one, other = difference.sqlite_value, difference.postgresql_value
    if difference.kind not in {"type", "value", "body"} or not isinstance(one, str) or other is None:
        return False
    if isinstance(other, dict | list):
        return _means(one, other) or is_column(difference)
    return is_column(difference) and one != other and _means(one, other)


def _means(text: str, value: object) -> bool:
    try:
        found = json.loads(text)
    except ValueError:
        return False
    return type(found) is type(value) and bool(found == value)
