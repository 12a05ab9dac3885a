"""A boolean goes into a column of numbers.

To SQLite True is 1, and a column of integers takes it. Postgres converts a boolean to an integer only when it
is told to: an INSERT or UPDATE fails (42804), and so does a comparison of such a column with True (42883).

It happens where the column was declared INTEGER because SQLite has no boolean, and the code binds Python's
bool.

Make the column BOOLEAN, or write `int(flag)`.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (active INTEGER)")
    connection.execute(sa.text("INSERT INTO flags VALUES (:active)"), {"active": True})
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (active INTEGER)")
    connection.execute(sa.text("INSERT INTO flags VALUES (:active)"), {"active": int(True)})
```
"""

import re

from diglot.parity.cell import NUMBERS
from diglot.parity.difference import Difference
from diglot.parity.evidence import parameter_values

FIX = "make the column BOOLEAN, or bind `int(flag)`"
RANK = 10

_STORED = re.compile(rf"is of type (?:{NUMBERS}) but (?:default )?expression is of type boolean")
_COMPARED = re.compile(rf"operator does not exist: (?:{NUMBERS}) \S+ boolean\b")


def matches(difference: Difference) -> bool:
    """Postgres refuses a boolean where a number is stored, or compared with a boolean that was given."""
    message = difference.message("postgresql")
    if _STORED.search(message):
        return True
    given = parameter_values(difference.statement("postgresql"))
    return bool(_COMPARED.search(message)) and any(type(value) is bool for value in given)
