"""The column to sort by is a parameter.

A parameter is a value, never a name. SQLite sorts by the constant text, which leaves the rows as they were: nothing
fails, and nothing was ever sorted. Postgres, through psycopg2, says that ORDER BY has a constant that is not a number
(42601).

Map what the user asked for to a column of the table.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE entries (amount INTEGER)"))
    connection.execute(sa.text("SELECT amount FROM entries ORDER BY :column"), {"column": "amount"}).all()
```

## Good

```python
entries = sa.table("entries", sa.column("amount"))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE entries (amount INTEGER)"))
    connection.execute(sa.select(entries.c.amount).order_by(entries.c["amount"])).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "map the name to a column: `.order_by(table.c[name])`"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres found a constant where a column to sort by should stand."""
    return fails_alone(difference, "postgresql", "42601") and "constant in ORDER BY" in difference.message(
        "postgresql"
    )
