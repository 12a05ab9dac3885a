"""A foreign key cannot work.

SQLite looks at no foreign key while a table is created: the other table may be missing, the types may not fit, what
is referenced need not be unique. At most it complains of a mismatch when rows change. Postgres checks at once: 42P01
for a missing table, 42804 for types that do not fit, 42830 for what is not unique.

It is found in migrations that create tables in another order, and in tables written by hand.

Create parents first, with the same type, and reference a primary key or a unique constraint.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE children (parent_id INTEGER REFERENCES parents (id))"))
    connection.execute(sa.text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE parents (id INTEGER PRIMARY KEY)"))
    connection.execute(sa.text("CREATE TABLE children (parent_id INTEGER REFERENCES parents (id))"))
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import verb, words

FIX = "create parents first, with the same type, and reference a primary key or a unique constraint"
RANK = 10


def matches(difference: Difference) -> bool:
    """Postgres refused a foreign key when it was made, or SQLite when it was used."""
    if "foreign key mismatch" in difference.message("sqlite"):
        return True
    if not fails_alone(difference, "postgresql", "42P01", "42804", "42830"):
        return False
    if difference.code("postgresql") == "42P01":
        return verb(difference.sql()) in {"create", "alter"} and "references" in words(difference.sql())
    return "foreign key constraint" in difference.message("postgresql") or difference.code("postgresql") == "42830"
