"""JSON documents are compared, sorted or made distinct.

Postgres's `json` keeps the text and has no equality: `=`, DISTINCT, GROUP BY, UNION and ORDER BY fail (42883,
`could not identify an equality operator for type json`), and so does `.distinct()` on an ORM entity that has
such a column. SQLite compares the texts.

Declare the column `JSON().with_variant(JSONB(), "postgresql")`: `jsonb` has an equality, by meaning. SQLite's
is by text, so that the order of keys still matters there.

## Bad

```python
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", sa.JSON))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.select(documents.c.body).distinct()).all()
```

## Good

```python
from sqlalchemy.dialects.postgresql import JSONB

body = sa.JSON().with_variant(JSONB(), "postgresql")
documents = sa.Table("documents", sa.MetaData(), sa.Column("body", body))
documents.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.select(documents.c.body).distinct()).all()
```
"""

import re

from diglot.parity.difference import Difference

FIX = 'declare `JSON().with_variant(JSONB(), "postgresql")`'
RANK = 10

_MISSING = re.compile(
    r"could not identify an (?:equality|ordering) operator for type json\b|"
    r"operator does not exist: (?:json (?:[<>=]+) (?:json|unknown|text)|(?:unknown|text) [<>=]+ json)\b|"
    r"function (?:max|min)\(jsonb?\) does not exist"
)


def matches(difference: Difference) -> bool:
    """Postgres has no equality and no order for json."""
    return bool(_MISSING.search(difference.message("postgresql")))
