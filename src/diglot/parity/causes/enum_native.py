"""A value is not among the labels of an enum.

An enum is a type of its own on Postgres, with a list of labels: another value is refused (22P02), in a
comparison as well as in an INSERT, and it takes no LIKE. On SQLite the column is a text that takes anything,
unless a CHECK says otherwise.

Statuses that were renamed, and filters that come from a URL, meet it.

Validate against the enum before the query; `sa.Enum(..., native_enum=False, create_constraint=True)` behaves
the same on both.

## Bad

```python
kinds = sa.Enum("open", "closed", name="ticket_kind")
tickets = sa.Table("tickets", sa.MetaData(), sa.Column("kind", kinds))
tickets.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT kind FROM tickets WHERE kind = 'lost'")).all()
```

## Good

```python
kinds = sa.Enum("open", "closed", name="ticket_kind", native_enum=False, create_constraint=True)
tickets = sa.Table("tickets", sa.MetaData(), sa.Column("kind", kinds))
tickets.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT kind FROM tickets WHERE kind = 'lost'")).all()
```
"""

from diglot.parity.difference import Difference

FIX = "validate the value first, or use `sa.Enum(..., native_enum=False, create_constraint=True)`"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres refuses a value for an enum."""
    return "invalid input value for enum" in difference.message("postgresql")
