"""A transaction is begun or ended in SQL.

SQLAlchemy begins a transaction with a connection's first statement. A further BEGIN is an error on SQLite ("cannot
start a transaction within a transaction"), and only a warning on Postgres. BEGIN IMMEDIATE and BEGIN EXCLUSIVE are
SQLite's; a COMMIT in SQL ends the transaction behind SQLAlchemy's back, and the next `commit()` finds none.

It is left over from code for sqlite3, which used it to lock the database before reading.

Use `engine.begin()`, `connection.begin()` and `connection.commit()`. What IMMEDIATE was for is FOR UPDATE on Postgres.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("BEGIN"))
    connection.execute(sa.text("SELECT 1 AS one")).scalar_one()
```

## Good

```python
with diglot.engine.begin() as connection:
    connection.execute(sa.text("SELECT 1 AS one")).scalar_one()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.sqltext import code

FIX = "use `engine.begin()` and `connection.commit()`, not BEGIN and COMMIT in SQL"
RANK = 10

_BY_HAND = re.compile(r"^(?:begin|start transaction|commit|end|rollback)\b(?! to\b)")
_REFUSED = re.compile(
    r"cannot start a transaction within a transaction|no transaction is active"
    r'|near "(?:IMMEDIATE|EXCLUSIVE|DEFERRED|START)": syntax error'
    r'|syntax error at or near "(?:IMMEDIATE|EXCLUSIVE|DEFERRED)"',
    re.IGNORECASE,
)


def matches(difference: Difference) -> bool:
    """One dialect refused a BEGIN, COMMIT or ROLLBACK, or its form."""
    message = difference.message("sqlite") or difference.message("postgresql")
    if not _REFUSED.search(message):
        return False
    sql = difference.sql("sqlite") or difference.sql("postgresql")
    return not sql or bool(_BY_HAND.match(code(sql)))
