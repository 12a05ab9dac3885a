"""An operator exists on one dialect only, or not for these types.

`==` is an equality on SQLite only. `||` joins two numbers there, `+` adds up texts; Postgres has neither for
these types (42883), nor does it guess for two quoted literals (42725, `operator is not unique`). On Postgres
`^` is a power and `#` an exclusive or; SQLite does not know the characters. Hexadecimal numbers, 0x1F, need
Postgres 16; digits with underscores are Postgres's alone.

Write what SQL says: `=`, CAST before `||` or `+`, a function call instead of `^`. Core writes it for each
dialect.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 'found' AS answer WHERE 1 == 1")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT 'found' AS answer WHERE 1 = 1")).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.cell import NUMBERS, TEXTS
from diglot.parity.difference import Difference

FIX = "write `=`, and CAST before `||` and `+`"
RANK = 10

_MISSING = re.compile(
    rf"operator does not exist: (?:[\w ]+ == [\w ]+|(?:{NUMBERS}) \|\| (?:{NUMBERS})|"
    rf"(?:{TEXTS}) [-+*/%] (?:{NUMBERS}|{TEXTS}|unknown)|(?:{NUMBERS}|unknown) [-+*/%] (?:{TEXTS}))|"
    r"operator is not unique: (?:unknown )?\S+ unknown|trailing junk after numeric literal"
)
_UNKNOWN = re.compile(r'unrecognized token: "(?:\^|#|@|\d+_\d*|0x\w*)|near "\|": syntax error')
_READ = re.compile(rf'invalid input syntax for type (?:{NUMBERS}): "')
_COMPUTES = re.compile(r"(?:^|[^'])''\s?[-+*/](?!>)|[-+*/] ?''")


def matches(difference: Difference) -> bool:
    """One dialect lacks the operator, or cannot compute with a quoted literal."""
    message = difference.message("postgresql")
    if _MISSING.search(message) or (
        difference.direction == "sqlite" and _UNKNOWN.search(difference.message("sqlite"))
    ):
        return True
    return bool(_READ.search(message)) and bool(_COMPUTES.search(sqltext.code(difference.sql("postgresql"))))
