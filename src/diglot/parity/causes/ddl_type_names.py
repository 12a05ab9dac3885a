"""A table is declared with types that Postgres does not know.

SQLite accepts any word as a type, with any length behind it, and none at all: DATETIME, TINYINT, DOUBLE,
STRING, BLOB, `INT UNSIGNED`, `INTEGER(5)`. Postgres knows its own only (42704, or a syntax error, 42601).

Hand-written migrations for SQLite are full of these words.

Declare tables through SQLAlchemy's types, which each dialect spells in its own way, or use what both know:
INTEGER, BIGINT, TEXT, VARCHAR(n), BOOLEAN, DOUBLE PRECISION, NUMERIC(p, s), DATE, TIMESTAMP.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE meetings (starts DATETIME)")
```

## Good

```python
meetings = sa.Table("meetings", sa.MetaData(), sa.Column("starts", sa.DateTime))
meetings.create(diglot.engine)
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference

FIX = "declare tables through SQLAlchemy's types, or with names that both dialects know"
RANK = 10

_UNKNOWN = re.compile(r'type "[\w ]+" does not exist')
_MODIFIED = re.compile(
    r'type modifier is not allowed for type|syntax error at or near "(?:unsigned|signed)"', re.IGNORECASE
)
_SIZED = re.compile(r"\b(?:integer|int\d?|bigint|smallint|boolean|real|double precision|date) ?\( ?\d")
_NAMED = re.compile(
    r'syntax error at or near "(?:any|varchar|primary|not|default|unique|references|check|collate|\)|,|text|integer)"',
    re.IGNORECASE,
)


def matches(difference: Difference) -> bool:
    """Postgres refuses the type of a column in CREATE TABLE or ALTER TABLE."""
    sql = difference.sql("postgresql")
    message = difference.message("postgresql")
    if sqltext.verb(sql) not in {"create", "alter"} or "table" not in sqltext.words(sql):
        return False
    if difference.code("postgresql") == "42704":
        return bool(_UNKNOWN.search(message))
    if difference.code("postgresql") != "42601":
        return False
    if _MODIFIED.search(message):
        return True
    if 'at or near "("' in message:
        return bool(_SIZED.search(sqltext.code(sql)))
    return bool(_NAMED.search(message) or "end of input" in message) and _lacks_type(sql)


def _lacks_type(sql: str) -> bool:
    """Whether a column has no type, or one of several words that only SQLite takes."""
    tokens = [token for token in sqltext.tokens(sql) if token.depth == 1]
    definitions: list[list[str]] = [[]]
    for token in tokens:
        if token.text == ",":
            definitions.append([])
        else:
            definitions[-1].append(token.text)
    constraints = {"primary", "not", "null", "default", "unique", "references", "check", "collate", "any", "long"}
    return any(len(one) == 1 or (len(one) > 1 and one[1] in constraints) for one in definitions)
