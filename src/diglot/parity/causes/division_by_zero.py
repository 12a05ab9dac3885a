"""Something is divided by zero.

SQLite answers NULL, for `/` and for `%`, for integers and for floats. Postgres fails (22012), and in a
transaction it takes everything that follows with it.

Ratios over a group that may be empty are where it happens: one customer without orders is enough.

Write `a / NULLIF(b, 0)`, which is NULL on both.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 1 / 0 AS ratio")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 1 / NULLIF(0, 0) AS ratio")).all()
```
"""

from diglot.parity.difference import Difference

FIX = "write `a / NULLIF(b, 0)`"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres refuses to divide by zero, or SQLite's NULL went on alone."""
    return difference.code("postgresql") == "22012" or "division by zero" in difference.message("postgresql")
