"""SQLAlchemy keeps a UUID on SQLite as its 32 hexadecimal digits.

Same: `id CHAR(32)` on SQLite, `id UUID` on Postgres.
Not the same: `id VARCHAR(36)` on SQLite: the digits with hyphens sort and compare differently.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("type", "length")
_DIGITS = 32


def explains(pair: Pair) -> bool:
    """Whether SQLite has CHAR(32) for Postgres's UUID."""
    claims = pair.across
    if claims is None:
        return False
    sqlite, postgresql = claims[0].value, claims[1].value
    return (sqlite.family, sqlite.length, postgresql.family) == ("char", _DIGITS, "uuid")
