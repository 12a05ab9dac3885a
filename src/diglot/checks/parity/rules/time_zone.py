"""SQLite keeps a time as text and cannot say whether it has a zone: what should be is taken from the metadata.

Same: `at DATETIME` on SQLite, `at TIMESTAMP WITH TIME ZONE` on Postgres.
Not the same: TIMESTAMP WITHOUT TIME ZONE on Postgres where the metadata says `DateTime(timezone=True)`.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("timezone",)


def explains(pair: Pair) -> bool:
    """Whether SQLite says nothing of a zone."""
    return any(claim.value.timezone is None for claim in pair.on_sqlite)
