"""NULL is sorted to the other end.

SQLite takes NULL for the smallest value, Postgres for the largest: with ORDER BY, rows without a value come first on
SQLite and last on Postgres, and the other way round with DESC.

Nothing fails. "The newest first" shows what was never finished at the top on Postgres; LIMIT and a cursor for the
next page then take other rows.

Say where NULL goes: both dialects know NULLS FIRST and NULLS LAST.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tasks (name TEXT, finished_on INTEGER)"))
    connection.execute(sa.text("INSERT INTO tasks VALUES ('a', 2), ('b', NULL), ('c', 1)"))
    connection.execute(sa.text("SELECT name, finished_on FROM tasks ORDER BY finished_on")).all()
```

## Good

```python
tasks = sa.table("tasks", sa.column("name"), sa.column("finished_on"))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tasks (name TEXT, finished_on INTEGER)"))
    connection.execute(sa.text("INSERT INTO tasks VALUES ('a', 2), ('b', NULL), ('c', 1)"))
    connection.execute(sa.select(tasks).order_by(tasks.c.finished_on.nulls_last())).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.ordering import alike, cells, sort_columns, sort_keys
from diglot.sqltext import has_top_level_order_by, words

FIX = "say where NULL goes: `.nulls_first()` or `.nulls_last()`"


def matches(difference: Difference) -> bool:
    """Rows are the same but for where those without a value stand, or the first of them has none on one dialect."""
    sql = difference.sql("sqlite")
    if difference.kind not in {"order", "value"} or not has_top_level_order_by(sql) or "nulls" in words(sql):
        return False
    columns = sort_columns(difference)
    if difference.kind == "value":
        return any(_only_one_is_null(difference, at) for at in columns)
    hidden = len(columns) < len(sort_keys(sql))
    return any(_moved(difference, at) for at in columns) or (hidden and _is_turned(difference))


def _only_one_is_null(difference: Difference, column: int) -> bool:
    """Whether the first row that differs has a value in a sort column on one dialect only."""
    first = [cells(difference, name, column)[difference.row : difference.row + 1] for name in ("sqlite", "postgresql")]
    return all(first) and (first[0][0] is None) != (first[1][0] is None)


def _moved(difference: Difference, column: int) -> bool:
    """Whether the order is the same without the rows that have no value in `column`."""
    left, right = difference.rows("sqlite"), difference.rows("postgresql")
    one, other = ([row for row in rows if row[column] is not None] for rows in (left, right))
    return len(one) < len(left) and alike(difference, one, other)


def _is_turned(difference: Difference) -> bool:
    """Whether some first rows of one dialect are the last of the other: what it looks like when NULL is not shown."""
    left, right = difference.rows("sqlite"), difference.rows("postgresql")
    return len(left) == len(right) > 2 and any(
        alike(difference, left[at:] + left[:at], right) for at in range(1, len(left))
    )
