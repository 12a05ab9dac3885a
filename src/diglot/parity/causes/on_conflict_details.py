"""ON CONFLICT is used at its edges.

Both dialects have it, and agree on the plain form. On Postgres one statement may not touch a row twice (21000), DO
UPDATE needs to name the key, a bare column in SET is ambiguous (42702), and a key must match a unique index exactly,
with the condition of a partial one (42P10). ON CONSTRAINT is Postgres's. SQLite wants a WHERE in `INSERT ... SELECT
... ON CONFLICT`, else it takes ON for a join.

The first of these waits for a batch with a double in it.

Name the key, write `excluded.column` and `table.column`, remove doubles first, and write `WHERE true` after a SELECT.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT PRIMARY KEY, uses INTEGER)"))
    connection.execute(
        sa.text("INSERT INTO tags VALUES ('a', 1), ('a', 2) ON CONFLICT (tag) DO UPDATE SET uses = excluded.uses")
    )
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT PRIMARY KEY, uses INTEGER)"))
    connection.execute(
        sa.text("INSERT INTO tags VALUES ('a', 2), ('b', 1) ON CONFLICT (tag) DO UPDATE SET uses = excluded.uses")
    )
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import code

FIX = "name the key, use `excluded.column`, remove doubles first, write `WHERE true` after INSERT ... SELECT"
RANK = 10

_POSTGRES = {"21000", "42702", "42P10"}


def matches(difference: Difference) -> bool:
    """One dialect refused an INSERT because of its ON CONFLICT."""
    sql = code(difference.sql())
    if " on conflict" not in sql or "insert into" not in sql:
        return False
    if difference.code("postgresql") in _POSTGRES or "ON CONFLICT" in difference.message("postgresql"):
        return True
    if "ON CONFLICT clause does not match" in difference.message("sqlite"):
        return True
    near = ('near "ON": syntax error', 'near "DO": syntax error', 'near "CONSTRAINT": syntax error')
    return fails_alone(difference, "sqlite") and any(words in difference.message("sqlite") for words in near)
