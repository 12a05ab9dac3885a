"""A boolean is compared with a number.

SQLite has no boolean type: TRUE is 1, so that `active = 1` works, and so do `active > 0` and `active IN (0,
1)`. Postgres has one, and no operator that takes a boolean and an integer: the statement fails (42883). A CHECK
constraint of the kind `CHECK (active IN (0, 1))` fails when the table is made.

It is the most frequent divergence of all. Parameters count as well: `active = :flag` with 1 fails, with True it
works on both.

Name the condition itself, or compare with a boolean.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (id INTEGER, active BOOLEAN)")
    connection.execute(sa.text("SELECT id FROM flags WHERE active = 1"))
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (id INTEGER, active BOOLEAN)")
    connection.execute(sa.text("SELECT id FROM flags WHERE active"))
```
"""

import re

from diglot.parity.cell import NUMBERS
from diglot.parity.difference import Difference
from diglot.parity.evidence import parameter_values

FIX = "compare with True or False, or write `WHERE active` and `WHERE NOT active`"
RANK = 10

_OPERATOR = re.compile(rf"operator does not exist: (?:boolean \S+ (?:{NUMBERS})|(?P<number>{NUMBERS}) \S+ boolean)\b")


def matches(difference: Difference) -> bool:
    """Postgres found no operator between a boolean and a number, and no boolean was given for a number."""
    found = _OPERATOR.search(difference.message("postgresql"))
    if found is None:
        return False
    return not (
        found["number"] and any(type(value) is bool for value in parameter_values(difference.statement("postgresql")))
    )
