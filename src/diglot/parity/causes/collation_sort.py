"""Text is sorted by another collation.

SQLite compares text byte by byte: `B` comes before `a`, `_` between them. Postgres follows the collation of the
database or of the column; with a locale such as en_US it sorts as a dictionary does: `_x`, `10`, `9`, `a`, `B`. ORDER
BY, `<`, max() and min() follow. SQLite's side differs as well once a column is declared NOCASE.

Nothing fails. Pages of a sorted list change places, a cursor of the form "after this name" skips rows, and the
largest code is another one.

Diglot's own Postgres sorts by code point unless the project names a collation, so that only a declared collation
shows here: run the tests with the collation of production. Where the order matters, fix it: `COLLATE "C"` on the
Postgres column is what SQLite does.

## Bad

```python
folded = sa.String().with_variant(sa.String(collation="NOCASE"), "sqlite")
terms = sa.Table("terms", sa.MetaData(), sa.Column("term", folded))
terms.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(terms.insert(), [{"term": "apple"}, {"term": "Banana"}, {"term": "cherry"}])
    connection.execute(sa.select(terms.c.term).order_by(terms.c.term)).all()
```

## Good

```python
by_code_point = sa.String().with_variant(sa.String(collation="C"), "postgresql")
terms = sa.Table("terms", sa.MetaData(), sa.Column("term", by_code_point))
terms.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(terms.insert(), [{"term": "apple"}, {"term": "Banana"}, {"term": "cherry"}])
    connection.execute(sa.select(terms.c.term).order_by(terms.c.term)).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import column_expression
from diglot.parity.ordering import cells, sort_columns

FIX = 'give the Postgres column `COLLATE "C"`, and the test database the collation of production'


def matches(difference: Difference) -> bool:
    """A text column that the rows are sorted by holds another sequence, or max() and min() chose another text."""
    if difference.kind == "value":
        return _is_text(difference.sqlite_value, difference.postgresql_value) and column_expression(
            difference
        ).startswith(("max(", "min("))
    if difference.kind != "order":
        return False
    sorted_by = (
        (cells(difference, "sqlite", at), cells(difference, "postgresql", at)) for at in sort_columns(difference)
    )
    return any(one != other and _is_text(*one, *other) for one, other in sorted_by)


def _is_text(*values: object) -> bool:
    return all(isinstance(value, str) for value in values)
