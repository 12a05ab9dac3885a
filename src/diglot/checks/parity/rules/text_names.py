"""VARCHAR and TEXT are one type under two names on both dialects: only a length tells them apart.

Same: `name TEXT` and `name VARCHAR`, without a length, on either dialect.
Not the same: CHAR, which Postgres pads with spaces.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("type",)


def explains(pair: Pair) -> bool:
    """Whether both are text of a varying length."""
    return {pair.one.value.family, pair.other.value.family} <= {"text", "varchar"}
