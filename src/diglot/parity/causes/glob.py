"""GLOB is used.

GLOB, which matches file name patterns and obeys case, is SQLite's own operator. Postgres takes the word for a name
and says that the statement has a syntax error (42601) at what follows.

Write LIKE where case does not matter to the data, or `regexp_match()` of Core, which both dialects have. A prefix
is also found by comparing `substr`.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE files (name TEXT)"))
    connection.execute(sa.text("SELECT name FROM files WHERE name GLOB 'a*'")).all()
```

## Good

```python
files = sa.table("files", sa.column("name", sa.String))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE files (name TEXT)"))
    connection.execute(sa.text("INSERT INTO files VALUES ('a.txt'), ('A.txt')"))
    connection.execute(sa.select(files.c.name).where(files.c.name.regexp_match("^a"))).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import functions, words

FIX = "use LIKE, or Core's `regexp_match()`"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres could not parse a statement with the operator, or does not know the function of that name."""
    if fails_alone(difference, "postgresql", "42883"):
        return "glob" in functions(difference.sql()) and "function glob(" in difference.message("postgresql")
    return fails_alone(difference, "postgresql", "42601") and "glob" in words(difference.sql())
