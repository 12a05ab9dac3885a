"""A column of numbers holds texts as well.

SQLite keeps what it is given, and sorts NULL before numbers before texts before bytes: with an 'n/a' in a
NUMERIC column, `ORDER BY` puts it last and `max()` returns it. Postgres never let it in, so that its rows, its
order and its maximum are others.

The rows got in because nothing refused them: an import, an old version of the application, a form. They show
when sums, sorted lists or the newest version are wrong.

Look for them with `typeof(column)`, and declare SQLite's tables STRICT.

## Bad

```python
import contextlib

with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE readings (value NUMERIC)")
    for value in (10, "n/a"):
        with contextlib.suppress(sa.exc.DBAPIError), connection.begin_nested():
            connection.execute(sa.text("INSERT INTO readings VALUES (:value)"), {"value": value})
    connection.execute(sa.text("SELECT max(value) AS value FROM readings")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE readings (value INTEGER)")
    connection.execute(sa.text("INSERT INTO readings VALUES (:value)"), [{"value": 10}, {"value": None}])
    connection.execute(sa.text("SELECT max(value) AS value FROM readings")).all()
```
"""

from decimal import Decimal

from diglot.parity.cell import behind
from diglot.parity.difference import Difference

FIX = "store NULL for what is no number; look for the rest with `typeof(column)`"


def matches(difference: Difference) -> bool:
    """A column of SQLite's result holds numbers and texts, or a text where Postgres's greatest is a number."""
    if difference.kind not in {"order", "rows", "value"}:
        return False
    columns = zip(*difference.rows("sqlite"), strict=False)
    if any({"number", "text"} <= {_storage(value) for value in column} for column in columns):
        return True
    one, other = _storage(difference.sqlite_value), _storage(difference.postgresql_value)
    return (one, other) == ("text", "number") and behind(difference).startswith(("max(", "min("))


def _storage(value: object) -> str:
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else ""
