"""The code takes a new row's id from `lastrowid`.

SQLite numbers the rows of every table and returns the last number. Postgres has nothing of the kind: psycopg2's
`lastrowid` is the object id, 0 for every table of today; psycopg 3 has no such attribute.

With psycopg2 it is silent. The 0 goes on as an id: rows are linked to nothing, looked up in vain, or a foreign
key fails some statements later.

Ask for the id in the statement: `insert(...).returning(...)`, or the result's `inserted_primary_key`.

## Bad

```python
memos = sa.Table("memos", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.Text))
memos.create(diglot.engine)
with diglot.connect() as connection:
    made = connection.execute(sa.text("INSERT INTO memos (body) VALUES ('first')")).lastrowid
    connection.execute(sa.text("SELECT body FROM memos WHERE id = :id"), {"id": made}).all()
```

## Good

```python
memos = sa.Table("memos", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.Text))
memos.create(diglot.engine)
with diglot.connect() as connection:
    made = connection.execute(sa.insert(memos).returning(memos.c.id), {"body": "first"}).scalar_one()
    connection.execute(sa.text("SELECT body FROM memos WHERE id = :id"), {"id": made}).all()
```
"""

from diglot import sqltext
from diglot.parity.cell import parameter_pairs
from diglot.parity.difference import Difference
from diglot.parity.evidence import statements_before

FIX = "use `insert(...).returning(table.c.id)`, or `result.inserted_primary_key`"
RANK = 10


def matches(difference: Difference) -> bool:
    """An id that SQLite gave is 0 or missing on Postgres, after an INSERT that did not return it."""
    if not any(_inserts(statement.sql) for statement in statements_before(difference, "postgresql")):
        return False
    if "lastrowid" in difference.message("postgresql"):
        return True
    return any(
        type(one) is int and one > 0 and (other is None or (type(other) is int and other == 0))
        for one, other in parameter_pairs(difference)
    )


def _inserts(sql: str) -> bool:
    return sqltext.verb(sql) == "insert" and "returning" not in sqltext.words(sql)
