"""Letters beyond ASCII change case on Postgres only.

lower(), upper() and a search that ignores case know all letters on Postgres; on SQLite, as Python has it, only A to
Z: `lower('É')` stays `É`. Core's `.ilike()` is made of lower() there, so that a search for `élan` does not find
`Élan`.

Nothing fails; names with accents are not found, or two spellings of one name pass a unique index on lower().

Keep a column with the text folded in Python, by `str.casefold()`, and search that.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT lower('ÄÖ') AS folded")).scalar_one()
```

## Good

```python
people = sa.table("people", sa.column("name", sa.String), sa.column("folded", sa.String))
with diglot.connect() as connection:
    connection.execute(sa.text("CREATE TABLE people (name TEXT, folded TEXT)"))
    connection.execute(people.insert(), {"name": "Äö", "folded": "Äö".casefold()})
    connection.execute(sa.select(people.c.name).where(people.c.folded == "ÄÖ".casefold())).all()
```
"""

from diglot.parity.difference import Difference
from diglot.parity.evidence import column_expression, compared_texts, found_more
from diglot.sqltext import functions, words

FIX = "fold text in Python with `str.casefold()`, store the result beside it, and search that"
RANK = 5


def matches(difference: Difference) -> bool:
    """Folding changed letters that are not ASCII, or Postgres found more by folding them."""
    one, other = difference.sqlite_value, difference.postgresql_value
    if difference.kind == "value" and isinstance(one, str) and isinstance(other, str):
        folded = functions(column_expression(difference)) & {"lower", "upper", "initcap"}
        return bool(folded) and not one.isascii() and one.casefold() == other.casefold()
    folds = functions(difference.sql()) & {"lower", "upper"} or "ilike" in words(difference.sql("postgresql"))
    return bool(folds) and bool(found_more(difference)) and not all(map(str.isascii, compared_texts(difference)))
