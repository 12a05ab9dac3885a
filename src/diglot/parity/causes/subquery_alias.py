"""A subquery is written in one dialect's form.

Postgres before 16 wants an alias after a subquery in FROM (42601); SQLite and newer Postgres do not. SQLite refuses
brackets around the arms of a UNION, and a LIMIT or ORDER BY in any arm but the last; Postgres wants the brackets for
exactly that.

Give every subquery an alias. Where an arm of a UNION needs a LIMIT, wrap it in a subquery of its own.

## Bad

```python
with diglot.connect() as connection:
    connection.execute(sa.text("(SELECT 1 AS n) UNION ALL (SELECT 2)")).all()
```

## Good

```python
with diglot.connect() as connection:
    connection.execute(sa.text("SELECT n FROM (SELECT 1 AS n LIMIT 1) AS one UNION ALL SELECT 2")).all()
```
"""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone
from diglot.sqltext import code

FIX = "give every subquery in FROM an alias, and put a UNION's arm with a LIMIT into one"
RANK = 10

_BRACKET = re.compile(r"^\(|\b(?:union|all|except|intersect) ?\(")
_ARM = re.compile(r"(?:LIMIT|ORDER BY) clause should come after (?:UNION|EXCEPT|INTERSECT)")


def matches(difference: Difference) -> bool:
    """Postgres missed an alias, or SQLite refused brackets or a LIMIT in a UNION's arm."""
    if "subquery in FROM must have an alias" in difference.message("postgresql"):
        return True
    if _ARM.search(difference.message("sqlite")):
        return True
    return (
        fails_alone(difference, "sqlite")
        and 'near "(": syntax error' in difference.message("sqlite")
        and bool(_BRACKET.search(code(difference.sql("sqlite"))))
    )
