"""The answer of a comparison or of EXISTS is read.

`SELECT EXISTS (...)`, `SELECT a = b`, `SELECT name IS NULL`: SQLite answers 0 or 1, Postgres False or True.
SQLAlchemy cannot know the type of a text, so that the application gets what the driver gives.

`if row[0]:` hides it; JSON, `is True` and equality with another value's text do not.

Use Core, whose expressions know that they are boolean, tell `text()` the type, or write `bool(value)`.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT EXISTS (SELECT 1) AS found")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT EXISTS (SELECT 1) AS found").columns(found=sa.Boolean)).all()
```
"""

import re

from diglot.parity.cell import behind
from diglot.parity.difference import Difference

FIX = "use Core's `exists()`, `text(...).columns(name=Boolean)`, or `bool(value)`"

_TRUTH = re.compile(r"\bexists ?\(|[<>=]|\b(?:is|like|glob|ilike|in|between|not|and|or|isnull|notnull|regexp|match)\b")


def matches(difference: Difference) -> bool:
    """A number and a boolean that are equal, behind an expression that is a condition."""
    if difference.kind != "type" or difference.types != ("int", "bool"):
        return False
    return bool(_TRUTH.search(behind(difference)))
