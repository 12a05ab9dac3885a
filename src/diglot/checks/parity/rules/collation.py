"""SQLite compares text byte by byte, which is what Postgres's collations C and POSIX do.

Same: no collation on SQLite, COLLATE "C" on Postgres.
Not the same: COLLATE NOCASE on SQLite, COLLATE "C" on Postgres.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("collation", "index-collation")
_BY_BYTES = {"C", "POSIX", "ucs_basic", "C.UTF-8", "C.utf8", "pg_c_utf8"}


def explains(pair: Pair) -> bool:
    """Whether both compare bytes."""
    claims = pair.across
    return claims is not None and claims[0].value == "" and claims[1].value in _BY_BYTES
