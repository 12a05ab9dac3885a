"""A question mark inside `text()` is no parameter of anybody.

`text()` finds parameters that are written `:name`. A `?` in it stays in the SQL: SQLite's driver takes it for a
placeholder and then misses its value, Postgres reads an operator, or reports a syntax error.

As a placeholder it works nowhere, and both dialects raise the same class of error, which is no difference. As
the `?` operator of `jsonb` (does this key exist?) it works on Postgres alone.

Write `:name` for a value. For a key of a JSON document, ask for the member and compare it with NULL.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 1 AS found WHERE CAST('{}' AS JSONB) ? 'name'")).all()
```

## Good

```python
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", sa.JSON))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(documents), {"body": {}})
    connection.execute(sa.select(documents).where(documents.c.body["name"].as_string().is_not(None))).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference

FIX = 'write `:name` for a value; for a key of a document, `column["key"].as_string().is_not(None)`'
RANK = 10

_LOST = re.compile(r'Incorrect number of bindings supplied|near "\?": syntax error')


def matches(difference: Difference) -> bool:
    """SQLite misses the value of a `?` that stands in the text itself, not for a parameter of SQLAlchemy."""
    statement = difference.statement("postgresql")
    if statement is None or statement.raw or not _LOST.search(difference.message("sqlite")):
        return False
    return "?" in sqltext.code(statement.sql)
