"""A name with capitals is quoted in one place and not in another.

Postgres folds names without quotes to lower case, and takes quoted ones as they are: a table made as `"Orders"`
is not found as `Orders` (42P01), a column made as `UserId` not as `"UserId"` (42703). SQLite ignores the case
of all names.

It comes with models whose names have capitals, which SQLAlchemy quotes, and SQL beside them that does not.

Name tables and columns in lower case.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql('CREATE TABLE "Things" (id INTEGER)')
    connection.execute(sa.text("SELECT id FROM Things")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE things (id INTEGER)")
    connection.execute(sa.text("SELECT id FROM things")).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference
from diglot.parity.evidence import statements_before

FIX = "name tables and columns in lower case"
RANK = 5

_MISSING = re.compile(r'(?:relation|column) "?([\w.]+)"? (?:of relation "\w+" )?does not exist')
_MEANT = re.compile(r'Perhaps you meant to reference the column "\w+\.(\w+)"')


def matches(difference: Difference) -> bool:
    """What Postgres misses is there, or is written, in another case."""
    message = difference.message("postgresql")
    found = _MISSING.search(message)
    if found is None or difference.direction != "postgresql":
        return False
    name = found[1].rpartition(".")[2]
    meant = _MEANT.search(message)
    if meant is not None and meant[1] != name and meant[1].lower() == name.lower():
        return True
    written = re.findall(rf'(?<![\w"]){re.escape(name)}(?![\w"])', difference.sql("postgresql"), re.IGNORECASE)
    if name == name.lower():
        return any(one != name for one in written)
    return any(name.lower() in sqltext.words(ran.sql) for ran in statements_before(difference, "postgresql"))
