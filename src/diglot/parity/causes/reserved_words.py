"""A table or a column has a name that is reserved.

Postgres reserves words that SQLite lets pass as names: user, end, desc, analyze, only, some. Unquoted they are
a syntax error (42601).

`SELECT * FROM user` is worse: it is valid, and returns one row, the name of the database's role. `order` and
`group` are refused by both, with another class of error.

SQLAlchemy quotes such names; SQL written by hand does not. Use other names, plurals for tables, or quote.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql('CREATE TABLE "user" (id INTEGER)')
    connection.execute(sa.text("SELECT * FROM user")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.exec_driver_sql('CREATE TABLE "user" (id INTEGER)')
    connection.execute(sa.text('SELECT * FROM "user"')).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference

FIX = "choose another name (plurals for tables), or quote it"

_NEAR = re.compile(r'(?:syntax error at or )?near "(\w+)"')
_RESERVED = {
    "analyse", "analyze", "any", "array", "asc", "asymmetric", "authorization", "binary", "both", "cast",
    "column", "concurrently", "current_catalog", "current_role", "current_schema", "current_user", "deferrable",
    "desc", "end", "fetch", "freeze", "grant", "ilike", "initially", "lateral", "leading", "localtime",
    "localtimestamp", "offset", "only", "overlaps", "placing", "session_user", "similar", "some", "symmetric",
    "tablesample", "trailing", "user", "variadic", "verbose", "window",
}  # fmt: skip
_USER = re.compile(r"\b(?:from|join|update|into) user\b(?!\.)")
_NAMED = r"\b(?:from|join|into|update|table) {}\b"


def matches(difference: Difference) -> bool:
    """Postgres stumbles over a reserved word, both do where a table's name stands, or `user` was the role."""
    one, other = (_NEAR.search(difference.message(dialect)) for dialect in ("sqlite", "postgresql"))
    code = sqltext.code(difference.sql())
    if difference.direction == "postgresql" and other is not None and other[1].lower() in _RESERVED:
        return True
    if one is not None and other is not None and one[1].lower() == other[1].lower():
        return bool(re.search(_NAMED.format(re.escape(one[1].lower())), code))
    return bool(_USER.search(code)) and difference.direction != "sqlite"
