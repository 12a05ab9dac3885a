"""An id is given to a column that is GENERATED ALWAYS.

`Identity(always=True)` lets nobody give an id on Postgres (428C9). SQLite has no identity columns, SQLAlchemy leaves
the word out there, and the id is taken.

Fixtures and imports with ids of their own fail on Postgres only.

Leave the id out, use `Identity()` without `always`, or say OVERRIDING SYSTEM VALUE in the import.

## Bad

```python
id_column = sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True)
tags = sa.Table("tags", sa.MetaData(), id_column, sa.Column("tag", sa.Text))
tags.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(tags.insert(), {"id": 7, "tag": "seed"})
```

## Good

```python
id_column = sa.Column("id", sa.Integer, sa.Identity(), primary_key=True)
tags = sa.Table("tags", sa.MetaData(), id_column, sa.Column("tag", sa.Text))
tags.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(tags.insert(), {"id": 7, "tag": "seed"})
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "leave the id out, or use `Identity()` without `always=True`"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres refused a value for an identity column."""
    return fails_alone(difference, "postgresql", "428C9")
