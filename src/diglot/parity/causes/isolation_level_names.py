"""An isolation level is named that only one dialect has.

Postgres has READ COMMITTED, REPEATABLE READ and SERIALIZABLE; SQLite is always SERIALIZABLE, or READ UNCOMMITTED in a
shared cache. SQLAlchemy refuses the other's names with an ArgumentError, and Diglot with DG404.

SERIALIZABLE and AUTOCOMMIT are known to both, although only Postgres then fails transactions with 40001.

Choose the level by dialect where the engine is made, not where it is used.

## Bad

```python
# isolation: clone
with diglot.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
    connection.execute(sa.text("SELECT 1 AS one")).scalar_one()
```

## Good

```python
# isolation: clone
with diglot.engine.connect().execution_options(isolation_level="SERIALIZABLE") as connection:
    connection.execute(sa.text("SELECT 1 AS one")).scalar_one()
```
"""

from diglot.parity.difference import Difference

FIX = "choose the isolation level by dialect, where the engine is made"
RANK = 10


def matches(difference: Difference) -> bool:
    """One dialect does not know the level's name."""
    failure = difference.failure(difference.direction)
    if failure is None:
        return False
    return failure.name == "IsolationLevelRefused" or "for isolation_level. Valid isolation levels" in failure.message
