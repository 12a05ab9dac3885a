"""A number or a text goes into a boolean column.

Postgres converts an integer to a boolean only when it is told to: storing 1 fails (42804). The quoted texts
'1', 'yes' and 'true' are literals of no type yet, and are taken. SQLite stores anything: 1 stays 1, 'yes' stays
a text that is not even true in a condition.

So the same statement fails on Postgres for numbers, and leaves garbage on SQLite for texts.

Bind True or False.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (active BOOLEAN)")
    connection.execute(sa.text("INSERT INTO flags VALUES (:active)"), {"active": 1})
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (active BOOLEAN)")
    connection.execute(sa.text("INSERT INTO flags VALUES (:active)"), {"active": True})
```
"""

import re

from diglot.parity.cell import NUMBERS, TEXTS, is_column
from diglot.parity.difference import Difference

FIX = "bind True or False"
RANK = 10

_STORED = re.compile(rf"is of type boolean but expression is of type (?:{NUMBERS}|{TEXTS})\b")
_READ = re.compile(r'invalid input syntax for type boolean: "[^"]')


def matches(difference: Difference) -> bool:
    """Postgres refuses a number or an odd word for a boolean, or made a boolean of a word that SQLite kept."""
    message = difference.message("postgresql")
    if _STORED.search(message) or _READ.search(message):
        return True
    return difference.kind in {"value", "type"} and difference.types == ("str", "bool") and is_column(difference)
