"""A percent sign stands in SQL that goes to the driver with parameters.

The drivers of Postgres write parameters as `%s`, so that every `%` of a statement that has parameters starts
one: `LIKE 'a%'` becomes an IndexError, a TypeError or a ProgrammingError in Python, before anything is sent. To
SQLite's driver the percent sign means nothing.

It hits raw cursors and `exec_driver_sql`, also after somebody has ported the placeholders. Without parameters
the same text works, which hides it. `text()` and Core double the sign where the driver wants that.

Use `text()`, or give the pattern as a parameter.

## Bad

```python
placeholder = "?" if diglot.dialect.name == "sqlite" else "%s"
with diglot.connect() as connection:
    connection.exec_driver_sql(f"SELECT 1 AS found WHERE 'abc' LIKE 'a%' AND 1 = {placeholder}", (1,))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 1 AS found WHERE 'abc' LIKE 'a%' AND 1 = :one"), {"one": 1}).all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "use `text()`, which doubles the sign where it must, or bind the pattern"
RANK = 10

_LONE = re.compile(r"%(?![%sbt(])")
_WORDS = re.compile(
    r"unsupported format character|incomplete (format|placeholder)|allowed as placeholders|"
    r"(tuple|list) index out of range|not enough arguments for format string|dict is not a sequence"
)
_UNMISTAKABLE = re.compile(r"unsupported format character|incomplete placeholder|allowed as placeholders")


def matches(difference: Difference) -> bool:
    """Postgres's driver took a percent sign for a parameter."""
    message = difference.message("postgresql")
    if difference.direction != "postgresql" or not _WORDS.search(message):
        return False
    sql = difference.sql("postgresql")
    return bool(_LONE.search(sql)) if sql else bool(_UNMISTAKABLE.search(message))
