"""Bytes are written as X'00ff'.

On SQLite `X'00ff'` is two bytes. On Postgres it is a string of bits: it cannot be stored in a `bytea` (42804)
or compared with one (42883), and read back it is the text '0000000011111111'.

Bind the bytes as a parameter; each driver writes them in its dialect's way.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT X'00ff' AS content")).all()
```

## Good

```python
blobs = sa.Table("blobs", sa.MetaData(), sa.Column("content", sa.LargeBinary))
blobs.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(blobs), {"content": bytes.fromhex("00ff")})
    connection.execute(sa.select(blobs.c.content)).all()
```
"""

import re

from diglot.parity.cell import behind
from diglot.parity.difference import Difference

FIX = "bind the bytes as a parameter"
RANK = 10

_BITS = re.compile(
    r"is of type bytea but (?:default )?expression is of type bit|"
    r"operator does not exist: (?:bytea \S+ bit|bit \S+ bytea)\b"
)
_LITERAL = re.compile(r"\bx''")


def matches(difference: Difference) -> bool:
    """Postgres takes a literal of bytes for one of bits."""
    if _BITS.search(difference.message("postgresql")):
        return True
    return difference.types == ("bytes", "str") and bool(_LITERAL.search(behind(difference)))
