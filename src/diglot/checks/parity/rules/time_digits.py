"""SQLite keeps as many digits of a second as it is given; only Postgres has a type that says how many.

Same: `at DATETIME` on SQLite, `at TIMESTAMP(3)` on Postgres.
Not the same: TIMESTAMP on Postgres where the metadata says TIMESTAMP(3).
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("precision",)


def explains(pair: Pair) -> bool:
    """Whether SQLite says nothing of a time's digits."""
    return any(
        claim.value.family in {"time", "timestamp"} and claim.value.precision is None for claim in pair.on_sqlite
    )
