"""A list or a tuple is given as one parameter.

psycopg2 writes a tuple as `(1, 2)`, which suits `IN`, and a list as an array, which suits `= ANY(...)`.
SQLite's driver binds single values only, and SQLite has no ANY: the statement is refused, in one of three ways.

psycopg 3 refuses the tuple as well, so that `IN :values` does not outlive a change of driver either.

Let SQLAlchemy write one placeholder for each value: an expanding parameter, or `column.in_(values)`.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 1 AS found WHERE 1 IN :values"), {"values": (1, 2)}).all()
```

## Good

```python
found = sa.text("SELECT 1 AS found WHERE 1 IN :choices").bindparams(sa.bindparam("choices", expanding=True))
with diglot.connect() as connection:
    connection.execute(found, {"choices": (1, 2)}).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference

FIX = 'use `bindparam("values", expanding=True)` with `IN :values`, or `column.in_(values)`'
RANK = 10

_UNBOUND = re.compile(r"type '(list|tuple)' is not supported|probably unsupported type")
_IN = re.compile(r"\bin \?")


def matches(difference: Difference) -> bool:
    """SQLite refuses a parameter that holds several values."""
    message = difference.message("sqlite")
    statement = difference.statement("sqlite")
    if statement is None or not message:
        return False
    given = statement.parameters.values() if isinstance(statement.parameters, dict) else statement.parameters or ()
    if not any(isinstance(value, list | tuple) for value in given):
        return False
    code = sqltext.code(statement.sql)
    if "no such function: any" in message.lower():
        return True
    return bool(_UNBOUND.search(message)) or ('near "?": syntax error' in message and bool(_IN.search(code)))
