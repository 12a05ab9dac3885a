"""A statement has too many parameters.

SQLite counts the parameters of a statement and refuses too many: 999 before version 3.32, 32766 since, 250000
in Debian's build. psycopg2 writes the values into the SQL and has no limit; psycopg 3 ends at 65535.

`IN` with a list that grows with the data meets it on the dialect, and the machine, with the lowest limit. The
example sets SQLite's to 999, as on an old machine.

Send such lists in pieces, or put the values into a table and join it.

## Bad

```python
import sqlite3

many = sa.select(sa.literal("found").label("answer")).where(sa.literal(1).in_(list(range(1_000))))
with diglot.connect() as connection:
    driver = connection.connection.driver_connection
    usual = driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 999) if diglot.dialect.name == "sqlite" else None
    try:
        connection.execute(many).all()
    finally:
        if usual is not None:
            driver.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, usual)
```

## Good

```python
with diglot.connect() as connection:
    for start in range(0, 2_000, 500):
        some = sa.literal(1).in_(list(range(start, start + 500)))
        connection.execute(sa.select(sa.literal("found").label("answer")).where(some)).all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "send the list in pieces of a few hundred, or join a table that holds the values"
RANK = 10

_WORDS = re.compile(r"too many SQL variables|number of parameters must be between 0 and 65535")


def matches(difference: Difference) -> bool:
    """A driver or a database refuses the number of parameters."""
    return any(_WORDS.search(difference.message(dialect)) for dialect in ("sqlite", "postgresql"))
