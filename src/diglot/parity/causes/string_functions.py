"""A function is called that Postgres does not have, or that means something else there.

`ifnull`, `iif`, `instr`, `printf`, `hex`, `typeof`, `char`, `changes` and others are SQLite's; Postgres says that the
function does not exist (42883). Text functions also take numbers on SQLite: `length(12345)` is 5 there, and an
error on Postgres.

One differs without an error: `substr(name, -3)` is the last three characters on SQLite, and the whole text on
Postgres, where a position before the first is counted as if it were there.

Write what both have: coalesce() for ifnull(), CASE for iif(), and the rest in Python.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT substr('hello', -3) AS ending")).scalar_one()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT substr('hello', length('hello') - 2) AS ending")).scalar_one()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import column_expression, fails_alone, parameter_values
from diglot.sqltext import functions

FIX = "use coalesce() for ifnull(), CASE for iif(); do in Python what has no common function"

_ONLY_SQLITE = {
    "changes", "char", "glob", "hex", "ifnull", "iif", "instr", "last_insert_rowid", "likelihood", "likely", "nvl",
    "printf", "quote", "randomblob", "soundex", "total_changes", "typeof", "unhex", "unicode",
    "unlikely", "zeroblob",
}  # fmt: skip
_OF_TEXT = {"btrim", "length", "lower", "ltrim", "replace", "rtrim", "substr", "substring", "trim", "upper"}
_MISSING = re.compile(r"function (?:pg_catalog\.)?(\w+)\((.*?)\) does not exist")
_FROM_THE_END = re.compile(r"\bsubstr(?:ing)?\(.*, ?(?:-|0\b)")


def matches(difference: Difference) -> bool:
    """Postgres has no such function, none for a number, or counted a substring's position in another way."""
    if fails_alone(difference, "postgresql", "42883"):
        found = _MISSING.search(difference.message("postgresql"))
        return found is not None and (found[1] in _ONLY_SQLITE or found[1] in _OF_TEXT)
    if fails_alone(difference, "postgresql", "42601"):
        return "char" in functions(difference.sql()) and "syntax error at end of input" in difference.message(
            "postgresql"
        )
    return difference.kind == "value" and _counted_from_the_end(difference)


def _counted_from_the_end(difference: Difference) -> bool:
    expression = column_expression(difference)
    if not expression.startswith(("substr(", "substring(")) or difference.types != ("str", "str"):
        return False
    given = parameter_values(difference.statement("sqlite"))
    return bool(_FROM_THE_END.search(expression)) or any(isinstance(value, int) and value <= 0 for value in given)
