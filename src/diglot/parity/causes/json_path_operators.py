"""A member of a JSON document is taken out by SQL.

Both dialects know `->` and `->>`, and mean different things. SQLite takes a path, '$.a', or a key, and returns
a value of its own type: 5, 1 for true; `->` returns JSON text, with the quotes. Postgres takes a key only:
'$.a' is a key that is not there, and the answer is NULL, silently. Its `->>` always returns text, so that `->>
'a' = 5` has no operator (42883), and on a column of type TEXT there is no `->` at all.

`json_extract`, `json_each` with a path, `json_set` and their kin exist on SQLite only.

Use Core: `column["a"].as_integer()`, `.as_string()`, `.as_boolean()`, which writes it for each dialect.

## Bad

```python
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", sa.JSON))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(documents), {"body": {"a": 5}})
    connection.execute(sa.text("SELECT body ->> '$.a' AS a FROM documents")).all()
```

## Good

```python
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", sa.JSON))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(documents), {"body": {"a": 5}})
    connection.execute(sa.select(documents.c.body["a"].as_integer().label("a"))).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.cell import NUMBERS, TEXTS, behind
from diglot.parity.difference import Difference

FIX = 'use Core: `column["a"].as_integer()`, `.as_string()`, `.as_boolean()`'
RANK = 10

_FUNCTION = re.compile(r"function (?:pg_catalog\.)?json\w*\(.*\) does not exist|cannot get array length of a")
_ARROW = re.compile(rf"operator does not exist: (?:{TEXTS}) ->")
_MEMBER = re.compile(rf"operator does not exist: (?:{TEXTS}|jsonb?) [<>=!+*/-]+ (?:{NUMBERS}|{TEXTS}|boolean)\b")
_TAKES = re.compile(r"->|\bjson\w* ?\(")
_CUTS = re.compile(r"->|\bjson_(?:extract|each|tree|type|array_length|valid)\b")


def matches(difference: Difference) -> bool:
    """Postgres lacks the function or the operator, or a member was taken out in another way."""
    message = difference.message("postgresql")
    if _FUNCTION.search(message) or _ARROW.search(message):
        return True
    if message:
        return bool(_MEMBER.search(message)) and "->" in sqltext.code(difference.sql("postgresql"))
    if difference.kind in {"value", "type"}:
        return bool(_TAKES.search(behind(difference)))
    return difference.kind in {"rows", "rowcount"} and bool(_CUTS.search(sqltext.code(difference.sql())))
