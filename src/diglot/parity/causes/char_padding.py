"""A column is of type CHAR.

Postgres fills a `CHAR(5)` with blanks up to its length and returns them: 'ab' is read as 'ab '. In a comparison
it ignores blanks at the end. SQLite reads CHAR as TEXT, stores what it got, and compares every blank.

So the text that is read differs, and with it whatever is made of it; and `code = 'ab '` finds a row on Postgres
only.

Use VARCHAR or TEXT.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE codes (code CHAR(5))")
    connection.exec_driver_sql("INSERT INTO codes VALUES ('ab')")
    connection.execute(sa.text("SELECT code FROM codes")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE codes (code VARCHAR(5))")
    connection.exec_driver_sql("INSERT INTO codes VALUES ('ab')")
    connection.execute(sa.text("SELECT code FROM codes")).all()
```
"""

from diglot import sqltext
from diglot.parity.difference import Difference
from diglot.parity.evidence import parameter_values

FIX = "use VARCHAR or TEXT instead of CHAR"


def matches(difference: Difference) -> bool:
    """A text has blanks at its end on Postgres only, or one with blanks was found there."""
    one, other = difference.sqlite_value, difference.postgresql_value
    if difference.kind == "value" and isinstance(one, str) and isinstance(other, str):
        return one != other and other.rstrip(" ") == one.rstrip(" ") and len(other) > len(one)
    if difference.kind != "rows" or len(difference.rows("postgresql")) <= len(difference.rows("sqlite")):
        return False
    sought = (*sqltext.literals(difference.sql()), *parameter_values(difference.statement("postgresql")))
    return any(isinstance(value, str) and value != value.rstrip(" ") for value in sought)
