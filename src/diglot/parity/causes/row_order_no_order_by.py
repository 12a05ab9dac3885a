"""The order of rows is left open.

Without ORDER BY each database gives rows in the order that suits it. SQLite reads a table in the order of its rowid;
Postgres in the order in which rows lie in the file, and an UPDATE moves a row to the end. The same is true among
rows that are equal in all that they are ordered by.

It goes well until the first UPDATE. Then a list jumps, `LIMIT 1` and `.first()` take another row, and a test that
compares lists fails now and then.

Order by something unique, such as the primary key as the last key.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tasks (id INTEGER PRIMARY KEY, state TEXT)"))
    connection.execute(sa.text("INSERT INTO tasks VALUES (1, 'new'), (2, 'new'), (3, 'new')"))
    connection.execute(sa.text("UPDATE tasks SET state = 'done' WHERE id = 1"))
    connection.execute(sa.text("SELECT id FROM tasks")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tasks (id INTEGER PRIMARY KEY, state TEXT)"))
    connection.execute(sa.text("INSERT INTO tasks VALUES (1, 'new'), (2, 'new'), (3, 'new')"))
    connection.execute(sa.text("UPDATE tasks SET state = 'done' WHERE id = 1"))
    connection.execute(sa.text("SELECT id FROM tasks ORDER BY id")).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.ordering import cells, sort_columns, sort_keys
from diglot.sqltext import functions, has_top_level_order_by, verb, words

FIX = "order by something unique: `.order_by(table.c.created_at, table.c.id)`"
RANK = -3

_ONE_ROW = {"avg", "count", "max", "min", "sum", "total", "bool_and", "bool_or"}


def matches(difference: Difference) -> bool:
    """Rows change places without an ORDER BY, or among equals; or one row of several was taken without one."""
    sql = difference.sql("sqlite")
    if verb(sql) != "select" or "from" not in words(sql):
        return False
    if has_top_level_order_by(sql):
        return difference.kind == "order" and _equal_keys(difference)
    if difference.kind == "order":
        return True
    return difference.kind == "value" and "limit" in words(sql) and not functions(sql) & _ONE_ROW


def _equal_keys(difference: Difference) -> bool:
    """Whether all that the rows are ordered by is seen, and the same on both dialects."""
    columns = sort_columns(difference)
    return len(columns) == len(sort_keys(difference.sql("sqlite"))) and all(
        list(map(str, cells(difference, "sqlite", at))) == list(map(str, cells(difference, "postgresql", at)))
        for at in columns
    )
