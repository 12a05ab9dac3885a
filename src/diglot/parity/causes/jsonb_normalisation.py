"""The text of a JSON document is compared.

`jsonb` does not keep the text: it sorts the keys, by length and then by bytes, drops doubled keys and writes
numbers in its own way. SQLite, and Postgres's `json`, keep what was stored.

The document means the same. What is made of its text does not agree: hashes, signatures, ETags, tests that
compare `json.dumps` with a constant.

Load the document and dump it with `sort_keys=True` before its text matters.

## Bad

```python
from sqlalchemy.dialects.postgresql import JSONB

body = sa.JSON().with_variant(JSONB(), "postgresql")
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", body))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(documents), {"body": {"bb": 1, "a": 2}})
    connection.execute(sa.text("SELECT CAST(body AS TEXT) AS body FROM documents")).all()
```

## Good

```python
from sqlalchemy.dialects.postgresql import JSONB

body = sa.JSON().with_variant(JSONB(), "postgresql")
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", body))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(documents), {"body": {"bb": 1, "a": 2}})
    connection.execute(sa.select(documents.c.body)).all()
```
"""

import json

from diglot.parity.difference import Difference

FIX = "load the document, and dump it with `sort_keys=True` where its text matters"
RANK = 10


def matches(difference: Difference) -> bool:
    """Two texts differ and are the same document."""
    one, other = difference.sqlite_value, difference.postgresql_value
    if difference.kind not in {"value", "body"} or not isinstance(one, str) or not isinstance(other, str):
        return False
    if one[:1] not in {"{", "["} or one == other:
        return False
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False
