"""Postgres has no length for bytes, and SQLite enforces none.

Same: `digest BINARY(32)` on SQLite, `digest BYTEA` on Postgres.
Not the same: `digest CHAR(32)` on SQLite: that is text.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("length",)


def explains(pair: Pair) -> bool:
    """Whether both are bytes."""
    return {pair.one.value.family, pair.other.value.family} == {"bytes"}
