"""A table's name has a schema.

To SQLite the word before the dot is an attached database: `public.items` fails with `unknown database public`,
and a Table with `schema="sales"` cannot be made. On Postgres it is a schema.

Map the schema away where it does not exist: `execution_options(schema_translate_map={"sales": None})` for
SQLite, or leave it to Postgres's `search_path`.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE public.things (id INTEGER)")
```

## Good

```python
things = sa.Table("things", sa.MetaData(), sa.Column("id", sa.Integer), schema="public")
unqualified = diglot.engine.execution_options(schema_translate_map={"public": None})
things.create(unqualified)
```
"""

import re

from diglot.parity.difference import Difference

FIX = "use `schema_translate_map` on SQLite, or leave the schema to `search_path`"
RANK = 10

_WORDS = re.compile(r"unknown database \"?(\w+)|no such (?:table|index): (\w+)\.\w")
_OTHERS = {"information_schema", "pg_catalog"}


def matches(difference: Difference) -> bool:
    """SQLite knows no database of the schema's name, and the schema is none of a catalogue's."""
    found = _WORDS.search(difference.message("sqlite"))
    return found is not None and (found[1] or found[2]).lower() not in _OTHERS
