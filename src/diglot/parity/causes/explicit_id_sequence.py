"""Ids are given by hand, and the sequence does not know.

SQLite numbers a new row one above the greatest id in the table. Postgres takes the next value of a sequence, which
rows with an explicit id have not moved: after a seed with ids 1 to 3 the first INSERT without an id gets 1, and
violates the key (23505). Each attempt uses up one value, so that the fourth succeeds.

It hits fixtures, seeds, and every import from SQLite into Postgres.

Leave ids to the database. After an import, set the sequence:
`SELECT setval(pg_get_serial_sequence('tags', 'id'), max(id)) FROM tags`.

## Bad

```python
tags = sa.Table("tags", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("tag", sa.Text))
tags.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(tags.insert(), {"id": 1, "tag": "seed"})
    connection.execute(tags.insert(), {"tag": "new"})
```

## Good

```python
tags = sa.Table("tags", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("tag", sa.Text))
tags.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(tags.insert(), {"tag": "seed"})
    connection.execute(tags.insert(), {"tag": "new"})
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone, insert_target

FIX = "leave ids to the database; after an import, setval() the sequence to max(id)"
RANK = 10

_KEY = re.compile(r"Key \(([^()]+)\)=")


def matches(difference: Difference) -> bool:
    """Only Postgres found a key taken that the INSERT does not give."""
    if not fails_alone(difference, "postgresql", "23505"):
        return False
    key = _KEY.search(difference.message("postgresql"))
    columns = insert_target(difference.sql("postgresql"))[1]
    if key is None or columns is None:
        return False
    return all(name.strip(' "').lower() not in columns for name in key[1].split(","))
