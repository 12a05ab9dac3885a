"""SQLite enforces no digits: a NUMERIC without any says as much there as one with them.

Same: `price NUMERIC` on SQLite, `price NUMERIC(10, 2)` on Postgres.
Not the same: `price NUMERIC(12, 4)` on SQLite, `price NUMERIC(10, 2)` on Postgres: somebody meant something else.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("precision",)


def explains(pair: Pair) -> bool:
    """Whether SQLite's NUMERIC says nothing of digits."""
    return any(claim.value.family == "numeric" and claim.value.precision is None for claim in pair.on_sqlite)
