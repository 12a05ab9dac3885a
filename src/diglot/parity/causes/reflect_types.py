"""The same metadata makes other objects.

From one `Table` SQLAlchemy makes SERIAL and UUID columns on Postgres, and a type of its own for each Enum (CREATE
TYPE, DROP TYPE); on SQLite there is none of it, types are only names, and a BOOLEAN is a number. Read back by an
inspector, the same schema has other types, other defaults, an index more for each unique constraint, and a primary key
with a name.

A comparison of two schemas that does not know this reports every column. A migration that creates the type twice, or
does not drop it in its downgrade, fails on Postgres only.

Compare by meaning, as `diglot check` does; `Enum(..., native_enum=False)` makes the same on both.

## Bad

```python
kind = sa.Column("kind", sa.Enum("buy", "sell", name="side"))
tickets = sa.Table("tickets", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), kind)
tickets.create(diglot.engine)
```

## Good

```python
kind = sa.Column("kind", sa.Enum("buy", "sell", native_enum=False))
tickets = sa.Table("tickets", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), kind)
tickets.create(diglot.engine)
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import statements

FIX = "compare schemas by meaning; `Enum(..., native_enum=False)` where a type of its own is not wanted"
RANK = -5

_DDL = re.compile(r"\s*(?:create|drop|alter) (?:type|domain|sequence|table)\b", re.IGNORECASE)
_TYPE = re.compile(r"\s*(?:create|drop|alter) (?:type|domain|sequence)\b", re.IGNORECASE)


def matches(difference: Difference) -> bool:
    """DDL ran on Postgres only, in a run that made or dropped a type or a sequence."""
    if difference.kind != "statement" or difference.sqlite is not None or not _DDL.match(difference.sql("postgresql")):
        return False
    return any(_TYPE.match(statement.sql) for statement in statements(difference, "postgresql"))
