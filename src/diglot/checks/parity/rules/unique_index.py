"""A unique index over whole columns refuses the rows that a unique constraint refuses.

Same: `CREATE UNIQUE INDEX ix ON users (email)` on SQLite, `UNIQUE (email)` on Postgres.
Not the same: a unique index with WHERE, or over an expression.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("unique-form", "constraint-name")


def explains(pair: Pair) -> bool:
    """Whether one is a constraint and the other an index, which are not named alike either."""
    if pair.aspect == "unique-form":
        return True
    forms = {_is_index(claim.value, claim.table.indexes) for claim in (pair.one, pair.other)}
    return forms == {True, False}


def _is_index(name: object, indexes: tuple[object, ...]) -> bool:
    return name in {getattr(index, "name", None) for index in indexes}
