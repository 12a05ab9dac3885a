"""A key other than INTEGER is expected to count on SQLite.

Postgres numbers BIGINT and SMALLINT keys like any other. On SQLite only a single column that is exactly INTEGER
PRIMARY KEY is filled in by itself: with BigInteger an INSERT without the key fails there ("NOT NULL constraint
failed"), and for a key of two columns SQLAlchemy refuses `autoincrement=True`.

It is met when a model is given larger keys for production, and the SQLite tests stop.

Use `BigInteger().with_variant(Integer, "sqlite")`: an INTEGER of SQLite has 64 bits anyway.

## Bad

```python
tags = sa.Table("tags", sa.MetaData(), sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("tag", sa.Text))
tags.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(tags.insert(), {"tag": "new"})
```

## Good

```python
key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
tags = sa.Table("tags", sa.MetaData(), sa.Column("id", key, primary_key=True), sa.Column("tag", sa.Text))
tags.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(tags.insert(), {"tag": "new"})
```
"""

from diglot.parity.difference import Difference
from diglot.parity.keys import is_key, leaves_out, missing_value, table_is_known

FIX = 'use `BigInteger().with_variant(Integer, "sqlite")` for keys that count'
RANK = 10

_COMPOSITE = "SQLite does not support autoincrement for composite primary keys"


def matches(difference: Difference) -> bool:
    """Only SQLite missed a value for a key that the statement leaves out."""
    if difference.direction == "sqlite" and _COMPOSITE in difference.message("sqlite"):
        return True
    table, column = missing_value(difference, "sqlite")
    if not column or not leaves_out(difference, "sqlite", column):
        return False
    if table_is_known(difference, "sqlite", table):
        return is_key(difference, "sqlite", table, column)
    return column == "id" or column.endswith("_id")
