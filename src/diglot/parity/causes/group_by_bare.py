"""A column is neither grouped nor aggregated.

With GROUP BY, or with an aggregate and no GROUP BY, SQLite lets a statement select any other column and takes its
value from some row of the group; where there is one max() or min(), from the row that has it. Postgres refuses
(42803), unless the grouping is by the table's primary key.

On SQLite the value is arbitrary, so that the report was perhaps wrong all along.

Group by the column as well, aggregate it, or pick the row with a window function.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE fills (symbol TEXT, venue TEXT, price INTEGER)"))
    connection.execute(sa.text("SELECT symbol, venue, max(price) FROM fills GROUP BY symbol")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE fills (symbol TEXT, venue TEXT, price INTEGER)"))
    connection.execute(sa.text("SELECT symbol, venue, max(price) AS top FROM fills GROUP BY symbol, venue")).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "add the column to GROUP BY, or aggregate it; for the row of the maximum use a window function"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres refused a column that is neither grouped nor aggregated."""
    return fails_alone(difference, "postgresql", "42803") and "must appear in the GROUP BY" in difference.message(
        "postgresql"
    )
