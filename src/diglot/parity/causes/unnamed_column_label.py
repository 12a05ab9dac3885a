"""An expression in a SELECT list has no alias.

The SQL standard does not say what such a column is called. SQLite takes the text of the expression, `count(*)`
or `1+1`; Postgres the name of the function, `count`, or `?column?`.

Positions hide it: `row[0]` works on both. Whatever reads the name, a mapping, a data frame, JSON, breaks on one
of them.

Give every expression an alias.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT count(*), 1 + 1")).mappings().all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT count(*) AS n, 1 + 1 AS two")).mappings().all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "give the expression an alias: `count(*) AS n`"

_NAME = re.compile(r"\w+")
_UNNAMED = {"?column?", "current_timestamp", "current_date", "current_time"}
_KEY = re.compile(r"(?:for column |KeyError: |^)'([^']*[^'\w][^']*)'")


def matches(difference: Difference) -> bool:
    """A column's name is the text of its expression on SQLite, or such a name is missing on Postgres."""
    if difference.kind == "columns":
        names = zip(difference.sqlite_value, difference.postgresql_value, strict=False)
        return any(one != other and (not _NAME.fullmatch(one) or other in _UNNAMED) for one, other in names)
    failure = difference.failure("postgresql")
    if failure is None or failure.name not in {"KeyError", "NoSuchColumnError"}:
        return False
    return bool(_KEY.search(failure.message))
