"""The hidden row number is used.

Every table of SQLite has a number for each row, `rowid`, also called `oid` and `_rowid_`. Postgres has no such column
(42703); its `ctid` is a place, and changes with each UPDATE.

It is used to delete doubles, and as a key of tables that have none; VACUUM may renumber it.

Give the table a primary key.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT)"))
    connection.execute(sa.text("SELECT rowid FROM tags")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (id INTEGER PRIMARY KEY, tag TEXT)"))
    connection.execute(sa.text("SELECT id FROM tags")).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = "give the table a primary key, and use that"
RANK = 20

_MISSING = re.compile(r'column "?(?:\w+\.)?(?:rowid|oid|_rowid_)"? does not exist')


def matches(difference: Difference) -> bool:
    """Postgres has no column of one of those names."""
    return fails_alone(difference, "postgresql", "42703") and bool(_MISSING.search(difference.message("postgresql")))
