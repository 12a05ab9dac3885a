"""A text that is no JSON goes into a JSON column.

On SQLite a column of the type JSON is a text and takes anything. Postgres parses what it stores and refuses the
rest (22P02, `invalid input syntax for type json`), the empty text included.

It happens past SQLAlchemy's type, which always dumps: in `text()`, in migrations of data, with documents that
were dumped twice or never.

Store through a JSON column.

## Bad

```python
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", sa.JSON))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.text("INSERT INTO documents VALUES (:body)"), {"body": "not a document"})
```

## Good

```python
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", sa.JSON))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(documents), {"body": "not a document"})
```
"""

from diglot.parity.difference import Difference

FIX = "store through a JSON column, which dumps the value"


def matches(difference: Difference) -> bool:
    """Postgres refuses a text as JSON."""
    return "invalid input syntax for type json" in difference.message("postgresql")
