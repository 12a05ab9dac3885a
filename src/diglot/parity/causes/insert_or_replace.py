"""INSERT OR REPLACE, INSERT OR IGNORE or REPLACE is used.

They are SQLite's, and syntax errors on Postgres (42601), as is ON CONFLICT behind a constraint in CREATE TABLE.

REPLACE also does something else than an update: it deletes the old row and inserts a new one. Columns that were not
named fall back to their defaults, rows that refer to it are deleted with it, and OR IGNORE hides NOT NULL violations
as well.

Use `insert().on_conflict_do_update()` and `.on_conflict_do_nothing()` of the dialect, or ON CONFLICT in SQL, which
both understand in its plain form.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT PRIMARY KEY, uses INTEGER)"))
    connection.execute(sa.text("INSERT OR REPLACE INTO tags (tag, uses) VALUES ('new', 1)"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag TEXT PRIMARY KEY, uses INTEGER)"))
    connection.execute(
        sa.text("INSERT INTO tags VALUES ('new', 1) ON CONFLICT (tag) DO UPDATE SET uses = excluded.uses")
    )
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import code

FIX = "use ON CONFLICT (key) DO UPDATE SET ... or DO NOTHING"
RANK = 10

_FORM = re.compile(
    r"\b(?:insert|update) or (?:replace|ignore|abort|fail|rollback)\b|^replace into\b"
    r"|^create table\b.* on conflict (?:replace|ignore|abort|fail|rollback)\b"
)


def matches(difference: Difference) -> bool:
    """Postgres could not parse SQLite's own way to deal with a conflict."""
    return fails_alone(difference, "postgresql", "42601") and bool(_FORM.search(code(difference.sql("postgresql"))))
