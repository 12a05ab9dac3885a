"""A name is longer than 63 bytes.

Postgres cuts names to 63 bytes, and says so in a notice that nobody reads. SQLite keeps them. A result's column
gets the shorter name; two long names that begin alike collide (42P07, 42710), which happens to generated names
of indexes and constraints first.

SQLAlchemy shortens the names that it makes itself. Shorten the ones that you write.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text(f"SELECT 1 AS {'long_' * 13}name")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 1 AS short_name")).all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = "shorten the name to 63 bytes"
RANK = 6

_MOST = 63
_TAKEN = re.compile(r'"([^"]{63})" (?:for relation "[^"]+" )?already exists')


def matches(difference: Difference) -> bool:
    """A column's name was cut, or a name that was cut is taken."""
    if difference.kind == "columns":
        pairs = zip(difference.sqlite_value, difference.postgresql_value, strict=False)
        return any(len(one) > _MOST and one != other and one.startswith(other) for one, other in pairs)
    found = _TAKEN.search(difference.message("postgresql"))
    return found is not None and re.search(re.escape(found[1]) + r"\w", difference.sql("postgresql")) is not None
