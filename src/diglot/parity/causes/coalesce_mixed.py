"""COALESCE, CASE or UNION mixes types.

SQLite's expressions have no type: `COALESCE(n, '')` gives a number in one row and a text in the next. Postgres
gives every expression one type. It reads the quoted literal as an integer and fails (22P02), or finds that the
branches cannot be matched (42804).

It stands in queries for display, where a missing number should become a dash or nothing.

CAST the number to text, or put the default in where the value is displayed.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE counters (n INTEGER)")
    connection.execute(sa.text("SELECT COALESCE(n, '') AS n FROM counters")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE counters (n INTEGER)")
    connection.execute(sa.text("SELECT COALESCE(CAST(n AS TEXT), '') AS n FROM counters")).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.cell import NUMBERS
from diglot.parity.difference import Difference
from diglot.parity.evidence import parameter_values

FIX = "CAST to one type: `COALESCE(CAST(n AS TEXT), '')`"
RANK = 11

_UNMATCHED = re.compile(
    r"(?:COALESCE|CASE|UNION|INTERSECT|EXCEPT|GREATEST|LEAST|VALUES|NULLIF) types .+ cannot be matched"
)
_READ = re.compile(rf'invalid input syntax for type (?:{NUMBERS}|boolean): "(.*?)"')
_MIXES = re.compile(r"\b(?:coalesce ?\(|nullif ?\(|case |union |except |intersect )")


def matches(difference: Difference) -> bool:
    """Postgres cannot bring the branches of an expression, or the halves of a UNION, to one type."""
    message = difference.message("postgresql")
    if _UNMATCHED.search(message):
        return True
    found = _READ.search(message)
    code = sqltext.code(difference.sql("postgresql"))
    if found is None or not _MIXES.search(code):
        return False
    given = (*sqltext.literals(difference.sql("postgresql")), *parameter_values(difference.statement("postgresql")))
    return found[1] in given
