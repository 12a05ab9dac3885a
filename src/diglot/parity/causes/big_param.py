"""An integer has more than 64 bits.

SQLite's integers end at 2**63 - 1. Its driver refuses a larger one with Python's OverflowError, which is no
error of the database, so that `except DBAPIError` does not catch it. Postgres takes it as `numeric`.

Numbers of this size come from the outside: an id in a URL, a hash taken as an integer.

Check the range before the value reaches the database.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT :value AS value"), {"value": 2**63}).all()
```

## Good

```python
value = min(2**63, 2**63 - 1)
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT :value AS value"), {"value": value}).all()
```
"""

from diglot.parity.difference import Difference

FIX = "check the range before binding: SQLite ends at 2**63 - 1"
RANK = 10


def matches(difference: Difference) -> bool:
    """SQLite's driver refuses an integer for its size."""
    return "too large to convert to SQLite INTEGER" in difference.message("sqlite")
