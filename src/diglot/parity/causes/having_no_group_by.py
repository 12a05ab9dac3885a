"""HAVING stands on a query that groups nothing.

Both dialects refuse `SELECT n FROM t HAVING n > 1`, with other exceptions: SQLite raises an OperationalError, Postgres
a ProgrammingError (42803). With an aggregate both accept it, SQLite since 3.39.

Only code that catches one of the two classes tells them apart.

Write WHERE, or add the GROUP BY that was meant.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE entries (amount INTEGER)"))
    connection.execute(sa.text("SELECT amount FROM entries HAVING amount > 1")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE entries (amount INTEGER)"))
    connection.execute(sa.text("SELECT amount FROM entries WHERE amount > 1")).all()
```
"""

from diglot.parity.difference import Difference

FIX = "use WHERE, or add the GROUP BY"
RANK = 10


def matches(difference: Difference) -> bool:
    """SQLite refused a HAVING without groups, whatever Postgres said of it."""
    return "HAVING clause on a non-aggregate query" in difference.message("sqlite")
