"""A boolean is read as 0 or 1.

SQLite stores a boolean as a number and returns it as one, unless SQLAlchemy knows the column's type. Through
`text()` it does not: the application gets 1 where Postgres gives True.

In a condition both are the same. `value is True`, JSON (`1` against `true`), text and templates tell them
apart.

Read through a Core column, or tell `text()` the type with `.columns(active=Boolean)`.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (active BOOLEAN)")
    connection.exec_driver_sql("INSERT INTO flags VALUES (TRUE)")
    connection.execute(sa.text("SELECT active FROM flags")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (active BOOLEAN)")
    connection.exec_driver_sql("INSERT INTO flags VALUES (TRUE)")
    connection.execute(sa.text("SELECT active FROM flags").columns(active=sa.Boolean)).all()
```
"""

from diglot.parity.difference import Difference

FIX = "read through a Core column, or `text(...).columns(name=Boolean)`"
RANK = -1


def matches(difference: Difference) -> bool:
    """A number and a boolean that are equal, also in an HTTP body."""
    if difference.types != ("int", "bool") or difference.kind not in {"type", "body"}:
        return False
    return bool(difference.sqlite_value == difference.postgresql_value)
