r"""A LIKE pattern has a backslash.

Postgres takes a backslash in a pattern as the escape character unless the statement says otherwise: `'a\_b'`
matches the text `a_b`. SQLite has no escape character unless the statement names one: there the same pattern
matches a backslash, then any character. A pattern that ends with a backslash is an error on Postgres (22025).

It hurts where a pattern comes from a user, or holds a Windows path: other rows are found, or the search fails for
one odd input.

Name the escape character. `.contains()`, `.startswith()` and `.endswith()` do it with `autoescape=True`.

## Bad

```python
files = sa.table("files", sa.column("name", sa.String))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE files (name TEXT)"))
    connection.execute(files.insert(), [{"name": "a_b"}, {"name": "a-b"}])
    connection.execute(sa.text("SELECT name FROM files WHERE name LIKE :pattern"), {"pattern": r"a\_b"}).all()
```

## Good

```python
files = sa.table("files", sa.column("name", sa.String))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE files (name TEXT)"))
    connection.execute(files.insert(), [{"name": "a_b"}, {"name": "a-b"}])
    connection.execute(sa.select(files.c.name).where(files.c.name.contains("a_b", autoescape=True))).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import compared_texts, found_more
from diglot.sqltext import words

FIX = "name the escape character: `LIKE :pattern ESCAPE '/'`, or `.contains(text, autoescape=True)`"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres refused the pattern's end, or the dialects found more or less by a pattern with a backslash."""
    if difference.code("postgresql") == "22025":
        return True
    if not found_more(difference):
        return False
    asked = words(difference.sql())
    return "like" in asked and "escape" not in asked and any("\\" in text for text in compared_texts(difference))
