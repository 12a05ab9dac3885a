"""A result's column has capitals in its name.

Postgres folds every name without quotes to lower case: `AS UserId` gives the column `userid`. SQLite keeps it
as it is written, and its own row class does not even mind the case of a key.

The key that the application reads does not exist on the other dialect: KeyError, NoSuchColumnError or
AttributeError; JSON made of whole rows silently gets other member names.

Write aliases and columns in lower case everywhere.

## Bad

```python
with diglot.connect() as connection:
    row = connection.execute(sa.text("SELECT 1 AS UserId")).mappings().one()
    row["UserId"]
```

## Good

```python
with diglot.connect() as connection:
    row = connection.execute(sa.text("SELECT 1 AS user_id")).mappings().one()
    row["user_id"]
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import statements_before

FIX = "write names and aliases in lower case"
RANK = 5

_KEY = re.compile(r"(?:for column|has no attribute) '(\w+)'|^'(\w+)'$")
_FUNCTIONS = {"current_timestamp", "current_date", "current_time"}


def matches(difference: Difference) -> bool:
    """Names of columns differ by case alone, or a name that is missing on one dialect is there in another case."""
    if difference.kind == "columns":
        return _folded(difference.sqlite_value, difference.postgresql_value)
    return _misses(difference, "sqlite") or _misses(difference, "postgresql")


def _folded(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    changed = [(left, right) for left, right in zip(one, other, strict=False) if left != right]
    return len(one) == len(other) and all(
        left.lower() == right and left.isidentifier() and right not in _FUNCTIONS for left, right in changed
    )


def _misses(difference: Difference, dialect: str) -> bool:
    found = _KEY.search(difference.message(dialect))
    if found is None:
        return False
    key = found.group(1) or found.group(2)
    seen = {column for statement in statements_before(difference, dialect) for column in statement.columns or ()}
    return key not in seen and key.lower() in {column.lower() for column in seen}
