"""SELECT DISTINCT is ordered by what it does not select.

SQLite sorts by any column of the table, although a row of the result may stand for several rows with different
values. Postgres refuses (42P10): what it should sort by is not decided.

It is found in lists that are sorted by a joined table, and in `.distinct()` added to a query to hide doubles.

Select the column as well, or group by what should be distinct and order by an aggregate.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE fills (symbol TEXT, price INTEGER)"))
    connection.execute(sa.text("SELECT DISTINCT symbol FROM fills ORDER BY price")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE fills (symbol TEXT, price INTEGER)"))
    connection.execute(sa.text("SELECT symbol FROM fills GROUP BY symbol ORDER BY min(price), symbol")).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "select what it is ordered by, or use GROUP BY and order by an aggregate"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres refused to order a DISTINCT by what is not selected."""
    return fails_alone(difference, "postgresql", "42P10") and "for SELECT DISTINCT, ORDER BY" in difference.message(
        "postgresql"
    )
