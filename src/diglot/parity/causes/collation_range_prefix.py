"""A range of text holds other words.

`name >= 'a' AND name < 'b'` is a common way to find a prefix. What lies between two texts follows the collation:
byte by byte on SQLite, so that capitals are outside; under a locale such as en_US on Postgres `Avocado` lies between
`a` and `b`. A column declared NOCASE makes SQLite the one that finds more.

Nothing fails; a list or a delete takes in more rows on one dialect. Diglot's own Postgres compares by code point
unless the project names a collation, so that only a declared collation shows here.

Write the prefix as a prefix, or give the Postgres column `COLLATE "C"`.

## Bad

```python
folded = sa.String().with_variant(sa.String(collation="NOCASE"), "sqlite")
terms = sa.Table("terms", sa.MetaData(), sa.Column("term", folded))
terms.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(terms.insert(), [{"term": "apple"}, {"term": "Avocado"}])
    connection.execute(sa.select(terms.c.term).where(terms.c.term >= "a", terms.c.term < "b")).all()
```

## Good

```python
terms = sa.Table("terms", sa.MetaData(), sa.Column("term", sa.String))
terms.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(terms.insert(), [{"term": "apple"}, {"term": "Avocado"}])
    connection.execute(sa.select(terms.c.term).where(sa.func.substr(terms.c.term, 1, 1) == "a")).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import compared_texts, found_more
from diglot.sqltext import code

FIX = 'compare the prefix itself, or give the Postgres column `COLLATE "C"`'
RANK = -1

_RANGE = re.compile(r"(?:>=?|<=?) ?(?:''|%\(|%s|\?|:)|\bbetween\b")
_NUMBER_OR_DATE = re.compile(r"[-+]?\d")


def matches(difference: Difference) -> bool:
    """One dialect found more by a range whose ends are words, not numbers or dates."""
    if not found_more(difference) or not _RANGE.search(code(difference.sql())):
        return False
    ends = [text for text in compared_texts(difference) if text]
    return bool(ends) and not any(_NUMBER_OR_DATE.match(text) for text in ends)
