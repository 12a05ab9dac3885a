"""SQLite enforces no length: a text without one says as much there as a VARCHAR.

Same: `name TEXT` on SQLite, `name VARCHAR(40)` on Postgres.
Not the same: `name VARCHAR(50)` on SQLite, `name VARCHAR(40)` on Postgres: somebody meant something else.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("length",)
_TEXTS = {"text", "varchar"}


def explains(pair: Pair) -> bool:
    """Whether SQLite's text says nothing of a length."""
    families = {pair.one.value.family, pair.other.value.family}
    return families <= _TEXTS and any(claim.value.length is None for claim in pair.on_sqlite)
