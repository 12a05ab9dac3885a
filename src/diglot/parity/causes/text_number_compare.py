"""A quoted number is compared with a number.

A literal has no affinity on SQLite, and any text is greater than any number: `'2' > 10` is true and `'10' = 10`
is false. Postgres reads the quoted literal as a number, because the other side is one: the answers are the
opposite.

Nothing is raised. It happens with values that are pasted into SQL in quotes, and with parameters that are text,
where no column on either side tells SQLite what to do.

Bind numbers as numbers, or CAST both sides.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT CASE WHEN '2' > 10 THEN 'more' ELSE 'less' END AS answer")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT CASE WHEN 2 > 10 THEN 'more' ELSE 'less' END AS answer")).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference
from diglot.parity.evidence import parameter_values

FIX = "bind numbers as numbers, or CAST both sides"
RANK = 5

_LITERAL = re.compile(r"(?<!as )'' ?(?:==?|<>|!=|[<>]=?) ?[\d.]|(?<![\w.\"])[\d.]+ ?(?:==?|<>|!=|[<>]=?) ?''")
_BOUND = re.compile(r"\? ?(?:==?|<>|!=|[<>]=?) ?[\d.]|(?<![\w.\"])[\d.]+ ?(?:==?|<>|!=|[<>]=?) ?\?")


def matches(difference: Difference) -> bool:
    """Both dialects answer, and differently, a statement that compares a quoted number with a number."""
    statement = difference.statement("sqlite")
    if statement is None or difference.kind not in {"value", "rows"}:
        return False
    code = sqltext.code(statement.sql)
    if _LITERAL.search(code):
        return True
    given = parameter_values(statement)
    return bool(_BOUND.search(code)) and any(isinstance(value, str) and value.isdigit() for value in given)
