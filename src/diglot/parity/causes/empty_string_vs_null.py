"""An empty text is stored in a column that is not text.

SQLite keeps `''` in an INTEGER, DATE or BOOLEAN column as it is. Postgres cannot read it as a number or a date, and
the statement fails (22P02, 22007). In neither is `''` the same as NULL.

It is what an empty form field becomes. On SQLite it goes in, and comes out later as text where a number is
expected.

Turn an empty field into None before it is stored.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (born DATE)"))
    connection.execute(sa.text("INSERT INTO people VALUES (:born)"), {"born": ""})
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (born DATE)"))
    connection.execute(sa.text("INSERT INTO people VALUES (:born)"), {"born": "" or None})
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "store None for an empty field: `value or None`"
RANK = 10

_EMPTY = re.compile(r'invalid input syntax for type [\w ]+: "\s*"(?:\n|$)')


def matches(difference: Difference) -> bool:
    """Postgres could not read an empty text as a value of the column's type."""
    codes = ("22P02", "22007")
    return fails_alone(difference, "postgresql", *codes) and bool(_EMPTY.search(difference.message("postgresql")))
