"""A long text is indexed.

An entry of a Postgres index takes a third of a page, about 2700 bytes, after compression. A row whose indexed
or unique text is longer is refused (54000, `index row requires ... bytes`). SQLite has no such limit.

URLs, tokens, error messages: one that is long enough comes one day. Repetitive text is compressed and passes,
so that tests with "x" * 5000 do not find it.

Index a hash of the text, or its first characters.

## Bad

```python
import random

drawn = random.Random(1)
text = "".join(chr(drawn.randrange(0x100, 0x2000)) for _ in range(3000))
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE links (url TEXT UNIQUE)")
    connection.execute(sa.text("INSERT INTO links VALUES (:url)"), {"url": text})
```

## Good

```python
import hashlib
import random

drawn = random.Random(1)
text = "".join(chr(drawn.randrange(0x100, 0x2000)) for _ in range(3000))
digest = hashlib.sha256(text.encode()).hexdigest()
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE links (url TEXT, digest VARCHAR(64) UNIQUE)")
    connection.execute(sa.text("INSERT INTO links VALUES (:url, :digest)"), {"url": text, "digest": digest})
```
"""

import re

from diglot.parity.difference import Difference

FIX = "index a hash of the text, or its first characters"
RANK = 10

_WORDS = re.compile(r"index row (?:requires|size) \d+")


def matches(difference: Difference) -> bool:
    """Postgres refuses an entry of an index for its size."""
    return bool(_WORDS.search(difference.message("postgresql")))
