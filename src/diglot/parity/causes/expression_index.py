"""An index is on an expression.

Postgres wants every function in it to be IMMUTABLE (42P17): `date(seen_at)` of a time with zone depends on the
session. An operator needs brackets of its own (42601), as in `((name || 'x'))`. SQLite accepts its own functions, and
an operator without the brackets.

Index a column where it can be; `lower(column)` is understood by both.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE names (first TEXT, last TEXT)"))
    connection.execute(sa.text("CREATE INDEX names_full ON names (first || last)"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE names (first TEXT, last TEXT)"))
    connection.execute(sa.text("CREATE INDEX names_full ON names ((first || last), lower(last))"))
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import code

FIX = "put the expression into brackets of its own, and use functions that depend on nothing but the row"
RANK = 10

_INDEX = re.compile(r"^create (?:unique )?index\b")
_NEAR_AN_OPERATOR = re.compile(r'syntax error at or near "(?:\W+|->>?|\(|is|collate|between|in|like)"', re.IGNORECASE)


def matches(difference: Difference) -> bool:
    """Postgres refused an index's expression."""
    if not fails_alone(difference, "postgresql", "42P17", "42601") or not _INDEX.match(code(difference.sql())):
        return False
    message = difference.message("postgresql")
    return "index expression" in message or "index predicate" in message or bool(_NEAR_AN_OPERATOR.search(message))
