"""A migration copies the table on SQLite.

Alembic's `batch_alter_table()` alters the table on Postgres. On SQLite it creates `_alembic_tmp_...`, copies the rows,
drops the table and renames the copy. What it cannot read back is lost on the way: CHECK constraints without a name,
triggers, the order of columns that were added by hand.

Afterwards Postgres refuses what SQLite takes (23514), and tests on SQLite prove less than they seem to.

Give every constraint a name, pass the unnamed ones in `table_args`, and compare the two schemas after migrating.

## Bad

```python
import warnings

from alembic.migration import MigrationContext
from alembic.operations import Operations

warnings.simplefilter("ignore")
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag VARCHAR(5), CHECK (length(tag) > 1))"))
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table("tags") as batch:
        batch.alter_column("tag", type_=sa.String(50), existing_type=sa.String(5))
    connection.execute(sa.text("INSERT INTO tags VALUES ('x')"))
```

## Good

```python
from alembic.migration import MigrationContext
from alembic.operations import Operations

with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE tags (tag VARCHAR(5), CHECK (length(tag) > 1))"))
    operations = Operations(MigrationContext.configure(connection))
    operations.add_column("tags", sa.Column("uses", sa.Integer, server_default="0"))
    connection.execute(sa.text("INSERT INTO tags VALUES ('xy', 1)"))
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone, statements

FIX = "name every constraint, pass unnamed ones in `table_args`, and compare the schemas after migrating"
RANK = 20

_COPY = "_alembic_tmp_"
_VIOLATED = re.compile(r'(?:relation|table) "(\w+)"')


def matches(difference: Difference) -> bool:
    """Statements belong to a copy of the table, or Postgres enforces what the copy has lost."""
    if difference.kind == "statement":
        table = re.match(r'\s*(?:drop|alter) table "?(\w+)"?', difference.sql(), re.IGNORECASE)
        return _COPY in difference.sql() or (table is not None and _was_copied(difference, table[1]))
    if not fails_alone(difference, "postgresql", "23514", "23505", "23502", "23503"):
        return False
    violated = _VIOLATED.search(difference.message("postgresql"))
    return violated is not None and _was_copied(difference, violated[1])


def _was_copied(difference: Difference, table: str) -> bool:
    """Whether SQLite's run copied `table`, before or after the difference."""
    return any(f"{_COPY}{table}" in statement.sql for statement in statements(difference, "sqlite"))
