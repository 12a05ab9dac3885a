"""The same mistake raises another class of exception.

SQLite's driver knows few classes: a missing table, a missing column and a syntax error are all
OperationalError. Postgres raises ProgrammingError for these, DataError for values, and OperationalError only
for what the operator must mend.

Code that catches OperationalError to mean "the table is not there yet" works on SQLite, and lets the error
through on Postgres. Code that retries on OperationalError retries a syntax error on SQLite for ever. The
messages have nothing in common. IntegrityError alone is raised by both for the same mistakes.

Ask first, with `sqlalchemy.inspect`; or catch `DBAPIError` and tell the cases apart by SQLSTATE and SQLite's
error name.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT id FROM missing"))
```

## Good

```python
with diglot.connect() as connection:
    if sa.inspect(connection).has_table("missing"):
        connection.execute(sa.text("SELECT id FROM missing"))
```
"""

from diglot.parity.difference import Difference

FIX = "catch DBAPIError and look at SQLSTATE or SQLite's error name; ask `sqlalchemy.inspect` what exists"
RANK = -10


def matches(difference: Difference) -> bool:
    """Both drivers fail, in classes that SQLAlchemy does not take for the same."""
    one, other = difference.failure("sqlite"), difference.failure("postgresql")
    if one is None or other is None or not one.driver or not other.driver:
        return False
    return one.name != other.name
