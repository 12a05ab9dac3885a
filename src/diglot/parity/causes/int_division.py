"""Core divides, and the quotient has another number of digits.

In SQL, `5 / 2` is 2 on both dialects, and so is `-5 / 2` -2. SQLAlchemy 2 makes a true division of Core's `/`:
the quotient of two integers is a Decimal, on SQLite with ten digits behind the point, on Postgres with sixteen
and more.

The values are equal; their text, their JSON and a later rounding are not.

Use `//` where whole numbers are meant, CAST to DOUBLE PRECISION where a float will do, or round where it is
displayed.

## Bad

```python
pairs = sa.Table("pairs", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))
pairs.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(pairs), {"a": 5, "b": 2})
    connection.execute(sa.select((pairs.c.a / pairs.c.b).label("quotient"))).all()
```

## Good

```python
pairs = sa.Table("pairs", sa.MetaData(), sa.Column("a", sa.Integer), sa.Column("b", sa.Integer))
pairs.create(diglot.engine)
with diglot.connect() as connection:
    connection.execute(sa.insert(pairs), {"a": 5, "b": 2})
    connection.execute(sa.select((pairs.c.a // pairs.c.b).label("quotient"))).all()
```
"""

import math
from decimal import Decimal

from diglot.parity.cell import behind
from diglot.parity.difference import Difference

FIX = "use `//` for whole numbers, or CAST one side to DOUBLE PRECISION"
RANK = 5


def matches(difference: Difference) -> bool:
    """A quotient is the same Decimal with more digits."""
    one, other = difference.sqlite_value, difference.postgresql_value
    if not isinstance(one, Decimal) or not isinstance(other, Decimal):
        return False
    return "/" in behind(difference) and math.isclose(one, other, rel_tol=1e-9)
