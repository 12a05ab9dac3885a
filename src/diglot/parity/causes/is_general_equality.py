"""IS compares with something else than NULL or a boolean.

SQLite's IS is an equality that takes NULL for a value: `a IS 1`, `a IS b`. In standard SQL, and on Postgres, IS
knows NULL, TRUE, FALSE and UNKNOWN only; anything else is a syntax error (42601).

Write `=` where neither side can be NULL, else `IS NOT DISTINCT FROM`; Core's `is_not_distinct_from` writes it
for each dialect.

## Bad

```python
with diglot.connect() as connection:
    connection.exec_driver_sql("CREATE TABLE flags (state INTEGER)")
    connection.execute(sa.text("SELECT state FROM flags WHERE state IS 1")).all()
```

## Good

```python
flags = sa.Table("flags", sa.MetaData(), sa.Column("state", sa.Integer))
flags.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.select(flags).where(flags.c.state.is_not_distinct_from(1))).all()
```
"""

import re

from diglot import sqltext
from diglot.parity.difference import Difference

FIX = "write `=`, or Core's `is_not_distinct_from(...)` when NULL counts as a value"
RANK = 10

_STUMBLED = re.compile(r'syntax error at or near "([^"]*)"')
_IS = re.compile(
    r"\bis (?:not )?(?!null\b|true\b|false\b|unknown\b|not\b|distinct\b|json\b|document\b)([\w'%(:.$\"]+)"
)


def matches(difference: Difference) -> bool:
    """Postgres stumbles over what follows IS."""
    found = _STUMBLED.search(difference.message("postgresql"))
    if found is None or difference.direction != "postgresql":
        return False
    code = sqltext.code(difference.sql("postgresql") or difference.message("postgresql"))
    operands = _IS.findall(code)
    word = found[1].lower()
    return any(one.startswith(("''", "%", ":", "(")) or one.split(".")[0] == word for one in operands)
