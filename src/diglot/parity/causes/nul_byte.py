r"""A text holds the character U+0000.

SQLite stores it, although length() and || stop at it. Postgres cannot hold it in text: psycopg2 refuses the
parameter with a ValueError, which is no database error and passes by every `except DBAPIError`; psycopg 3 raises a
DataError; a JSONB value with `\u0000` fails with 22P05.

Such a character comes from files, from scraped pages, from clients that send binary data as text. One such input
turns into a failure of the whole request, on Postgres only.

Refuse or remove it where text comes in.

## Bad

```python
remarks = sa.table("remarks", sa.column("body", sa.String))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE remarks (body TEXT)"))
    connection.execute(remarks.insert(), {"body": "a\x00b"})
```

## Good

```python
remarks = sa.table("remarks", sa.column("body", sa.String))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE remarks (body TEXT)"))
    connection.execute(remarks.insert(), {"body": "a\x00b".replace("\x00", "")})
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone

FIX = r'remove the character where text comes in: `text.replace("\x00", "")`'
RANK = 10

_REFUSED = re.compile(r"\bNUL \(0x00\)|\\u0000|encoding \"UTF8\": 0x00")


def matches(difference: Difference) -> bool:
    """Postgres or its driver refused the character, or SQLite gave it back."""
    if difference.kind == "value":
        return isinstance(difference.sqlite_value, str) and "\x00" in difference.sqlite_value
    return fails_alone(difference, "postgresql") and bool(_REFUSED.search(difference.message("postgresql")))
