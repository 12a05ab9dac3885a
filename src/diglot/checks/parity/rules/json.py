"""SQLite keeps JSON as text, and has one type for Postgres's two.

Same: `payload JSON` on SQLite, `payload JSONB` on Postgres.
Not the same: `payload TEXT` on SQLite, and JSON on Postgres where the metadata says JSONB.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("type",)


def explains(pair: Pair) -> bool:
    """Whether both dialects keep JSON."""
    claims = pair.across
    return claims is not None and all(claim.value.family in {"json", "jsonb"} for claim in claims)
