"""A table is dropped that others refer to.

Postgres refuses while a foreign key, a view or another object depends on it (2BP01), unless CASCADE is said. SQLite
does not know that word (a syntax error); it drops the table, and with foreign keys on only complains when rows would
lose their parent.

It shows in teardowns and downgrades that drop in the order in which they created.

Drop children first. `metadata.drop_all()` sorts by itself.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
    connection.execute(sa.text("CREATE TABLE children (parent_id INTEGER REFERENCES parents (id))"))
    connection.execute(sa.text("DROP TABLE parents"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
    connection.execute(sa.text("CREATE TABLE children (parent_id INTEGER REFERENCES parents (id))"))
    connection.execute(sa.text("DROP TABLE children"))
    connection.execute(sa.text("DROP TABLE parents"))
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import verb

FIX = "drop children before their parents; `metadata.drop_all()` sorts them"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres refused to drop what others need, or SQLite does not know CASCADE."""
    if difference.code("postgresql") == "2BP01":
        return True
    return (
        fails_alone(difference, "sqlite")
        and verb(difference.sql("sqlite")) == "drop"
        and 'near "CASCADE": syntax error' in difference.message("sqlite")
    )
