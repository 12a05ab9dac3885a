"""Groups come in another order.

SELECT DISTINCT, GROUP BY and UNION say nothing about order. SQLite mostly sorts to find groups, so that they come out
sorted, or keeps them in the order of their first row; Postgres may put them into a hash table, and they come out in
no order at all, another one with more rows or another version.

Code that reads "the first group", or a test that compares lists, works on SQLite by luck.

Add an ORDER BY.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE orders (symbol INTEGER)"))
    connection.execute(sa.text("INSERT INTO orders VALUES " + ",".join(f"({n * 7919 % 101})" for n in range(400))))
    connection.execute(sa.text("SELECT symbol FROM orders GROUP BY symbol")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE orders (symbol INTEGER)"))
    connection.execute(sa.text("INSERT INTO orders VALUES " + ",".join(f"({n * 7919 % 101})" for n in range(400))))
    connection.execute(sa.text("SELECT symbol FROM orders GROUP BY symbol ORDER BY symbol")).all()
```
"""

from diglot.parity.difference import Difference
from diglot.sqltext import code, has_top_level_order_by

FIX = "add an ORDER BY: DISTINCT, GROUP BY and UNION do not sort"
RANK = -2

_GROUPING = ("select distinct ", " group by ", " union ", " intersect ", " except ")


def matches(difference: Difference) -> bool:
    """Rows of a DISTINCT, GROUP BY or UNION change places, and nothing orders them."""
    sql = difference.sql("sqlite")
    if difference.kind != "order" or has_top_level_order_by(sql):
        return False
    return any(words in code(sql) for words in _GROUPING)
