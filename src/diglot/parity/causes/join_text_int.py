"""A text column is compared with a number.

SQLite converts one side by the column's affinity, so that a TEXT column joins an INTEGER one and `code = 5`
finds '5'. Postgres has no operator between text and integer (42883). A quoted literal is of no type yet and
passes, a parameter that is a Python int does not.

Joins between ids of two origins are hit, and ids that come out of a URL as text.

Give both sides the same type, bind a value of the column's type, or CAST.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE owners (id INTEGER)")
    connection.exec_driver_sql("CREATE TABLE things (owner_id TEXT)")
    connection.execute(sa.text("SELECT owners.id FROM owners JOIN things ON owners.id = things.owner_id")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE owners (id INTEGER)")
    connection.exec_driver_sql("CREATE TABLE things (owner_id INTEGER)")
    connection.execute(sa.text("SELECT owners.id FROM owners JOIN things ON owners.id = things.owner_id")).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.cell import NUMBERS, TEXTS
from diglot.parity.difference import Difference

FIX = "give both sides the same type, or CAST one of them"

_OPERATOR = re.compile(
    rf"operator does not exist: (?:(?:{TEXTS}) [<>=!]+ (?:{NUMBERS})|(?:{NUMBERS}) [<>=!]+ (?:{TEXTS}))\b"
)


def matches(difference: Difference) -> bool:
    """Postgres has no comparison between a text and a number, and the text is no member of a JSON document."""
    if not _OPERATOR.search(difference.message("postgresql")) or "->" in sqltext.code(difference.sql("postgresql")):
        return False
    return "==" not in difference.message("postgresql").partition("\n")[0]
