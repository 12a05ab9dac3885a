"""Postgres keeps 63 bytes of a name, SQLite all of it: a longer one is cut there, by SQLAlchemy or by the server.

SQLAlchemy puts four digits of a checksum at the end of what it cuts.

Same: `CONSTRAINT uq_` with 80 letters more on SQLite, the first 63 letters of it on Postgres.
Not the same: the first 60 letters of it on Postgres: a migration has written that.
"""

import hashlib

from diglot.checks.parity.sides import Pair

ASPECTS = ("constraint-name", "index-name")
_MOST = 63
_CHECKSUM = 4
_KEPT = _MOST - 8


def explains(pair: Pair) -> bool:
    """Whether Postgres's name is what is left of SQLite's."""
    if pair.across is None:
        return False
    whole, kept = (claim.value for claim in pair.across)
    if whole is None or kept is None or len(whole.encode()) <= _MOST:
        return False
    return kept in {_by_sqlalchemy(whole), whole.encode()[:_MOST].decode(errors="ignore")}


def _by_sqlalchemy(name: str) -> str:
    digest = hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()
    return f"{name[:_KEPT]}_{digest[-_CHECKSUM:]}"
