"""A text or a fraction goes into a column of whole numbers.

SQLite's types are affinities: a text that is no number stays a text in an INTEGER column, and 1.5 stays 1.5.
Postgres refuses the text (22P02, or 42804 when it comes from a text column) and rounds the fraction.

What was stored for years on SQLite is refused when it is moved; until then it sorts, compares and adds up in
its own way. The same refusal meets a comparison, `WHERE id = 'abc'`, which simply finds nothing on SQLite.

Validate before storing. STRICT tables make SQLite as careful; `typeof(column)` finds what is there already.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE counters (n INTEGER)")
    connection.execute(sa.text("INSERT INTO counters VALUES (:n)"), {"n": "abc"})
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE counters (n INTEGER)")
    connection.execute(sa.text("INSERT INTO counters VALUES (:n)"), {"n": int("12")})
```
"""

import re

from diglot.parity.cell import NUMBERS, TEXTS, is_column
from diglot.parity.difference import Difference

FIX = "validate and convert in the application; declare SQLite's tables STRICT"

_READ = re.compile(rf'invalid input syntax for type (?:{NUMBERS}): "[^"]')
_STORED = re.compile(rf"is of type (?:{NUMBERS}) but expression is of type (?:{TEXTS})\b")


def matches(difference: Difference) -> bool:
    """Postgres refuses a text for a number, or rounded a fraction that SQLite kept in a column of whole numbers."""
    message = difference.message("postgresql")
    if _READ.search(message) or _STORED.search(message):
        return True
    if difference.kind != "value" or difference.types != ("float", "int") or not is_column(difference):
        return False
    return bool(abs(difference.sqlite_value - difference.postgresql_value) <= 0.5)
