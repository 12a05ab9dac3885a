"""A cast is written with two colons.

`value::type` is Postgres's own way to write CAST. SQLite has no such operator and reports `unrecognized token:
":"`.

In `text()` it also confuses the parameters: in `:value::integer` the name is not seen as one, and both dialects
refuse the statement.

Write `CAST(value AS type)`, which both understand, or `sqlalchemy.cast`.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT '5'::integer AS five")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT CAST('5' AS INTEGER) AS five")).all()
```
"""

from diglot import sqltext
from diglot.parity.difference import Difference

FIX = "write `CAST(value AS type)`"
RANK = 10


def matches(difference: Difference) -> bool:
    """SQLite stumbles over two colons."""
    message = difference.message("sqlite")
    if 'unrecognized token: ":"' not in message and "Incorrect number of bindings" not in message:
        return False
    return "::" in sqltext.code(difference.sql("postgresql") or difference.sql("sqlite"))
