"""LIKE ignores case on SQLite only.

`'ABC' LIKE 'abc'` is true on SQLite, which folds the letters A to Z; on Postgres LIKE compares letter by letter,
and the same search finds less. Nothing fails: users of the search box miss rows, and test data that is all lower
case shows nothing.

Where a search should ignore case, say so: Core's `.ilike()` renders ILIKE on Postgres and lower() LIKE lower() on
SQLite. Where it should not, SQLite has no LIKE that obeys; compare a prefix with `substr` or `=` instead.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (name TEXT)"))
    connection.execute(sa.text("INSERT INTO people VALUES ('Ada'), ('adam')"))
    connection.execute(sa.text("SELECT name FROM people WHERE name LIKE 'ad%' ORDER BY name")).all()
```

## Good

```python
people = sa.table("people", sa.column("name", sa.String))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (name TEXT)"))
    connection.execute(sa.text("INSERT INTO people VALUES ('Ada'), ('adam')"))
    connection.execute(sa.select(people.c.name).where(people.c.name.ilike("ad%")).order_by(people.c.name)).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import compared_texts, found_more
from diglot.sqltext import code, words

FIX = "use `.ilike()`, or `lower(column) LIKE lower(:pattern)`, where a search should ignore case"


def matches(difference: Difference) -> bool:
    """SQLite found more, or with NOT LIKE less, by a pattern that has letters with two cases."""
    more = found_more(difference)
    if not more or "like" not in words(difference.sql("postgresql")):
        return False
    expected = "postgresql" if " not like " in code(difference.sql("postgresql")) else "sqlite"
    return more == expected and any(text.lower() != text.upper() for text in compared_texts(difference))
