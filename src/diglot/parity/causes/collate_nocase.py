"""A collation is named that only one dialect has.

NOCASE, RTRIM and BINARY are built into SQLite; Postgres has none of them, and any statement or table that names one
fails (42704). The other way round, `"C"` and locales such as `"en_US"` are unknown to SQLite.

NOCASE on a column also changes what `=` and UNIQUE mean: on SQLite `Ann@example.com` and `ann@example.com` are one
address. Leaving the word out on Postgres makes them two.

Keep text that must not differ by case in one case, with a unique index on lower(): both dialects understand it.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (email TEXT COLLATE NOCASE UNIQUE)"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (email TEXT)"))
    connection.execute(sa.text("CREATE UNIQUE INDEX people_email ON people (lower(email))"))
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "leave the collation to the database; for text without case, a unique index on lower(column)"
RANK = 10

_UNKNOWN = re.compile(r'collation ".*" (?:for encoding ".*" )?does not exist')


def matches(difference: Difference) -> bool:
    """One dialect does not know the collation."""
    if fails_alone(difference, "sqlite"):
        return "no such collation sequence" in difference.message("sqlite")
    return fails_alone(difference, "postgresql", "42704") and bool(_UNKNOWN.search(difference.message("postgresql")))
