"""ILIKE is written in SQL.

ILIKE is Postgres's own operator. SQLite does not know it, and the statement is a syntax error there.

Whoever writes for Postgres first meets this when a test runs on SQLite. Core's `.ilike()` renders what each
dialect understands; in text, compare lower() with lower().

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (name TEXT)"))
    connection.execute(sa.text("SELECT name FROM people WHERE name ILIKE 'ad%'")).all()
```

## Good

```python
people = sa.table("people", sa.column("name", sa.String))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (name TEXT)"))
    connection.execute(sa.select(people.c.name).where(people.c.name.ilike("ad%"))).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import words

FIX = "use Core's `.ilike()`, or `lower(column) LIKE lower(:pattern)`"
RANK = 10


def matches(difference: Difference) -> bool:
    """SQLite could not parse a statement that says ILIKE."""
    return (
        fails_alone(difference, "sqlite", "SQLITE_ERROR")
        and "syntax error" in difference.message("sqlite")
        and "ilike" in words(difference.sql("sqlite"))
    )
