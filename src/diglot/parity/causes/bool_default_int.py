"""A boolean column has a number for its default.

`BOOLEAN DEFAULT 0` is what SQLite's own tools write. Postgres checks that the default has the column's type and
refuses the table (42804). A quoted `'0'` is a literal of no type yet and is taken.

It hits hand-written DDL and `server_default=text("0")` in models and migrations.

Write `DEFAULT FALSE`, or `server_default=sa.false()`, which SQLAlchemy writes for each dialect.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (active BOOLEAN DEFAULT 0)")
```

## Good

```python
flags = sa.Table("flags", sa.MetaData(), sa.Column("active", sa.Boolean, server_default=sa.false()))
flags.create(diglot.engine)
```
"""

from diglot.parity.difference import Difference

FIX = "write `server_default=sa.false()`, or `DEFAULT FALSE`"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres refuses the default of a boolean column."""
    return "is of type boolean but default expression is of type" in difference.message("postgresql")
