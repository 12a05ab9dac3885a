"""SQLite's NOCASE does for a column what the extension's type CITEXT does on Postgres.

Same: `email TEXT COLLATE NOCASE` on SQLite, `email CITEXT` on Postgres.
Not the same: `email TEXT COLLATE NOCASE` on SQLite, `email TEXT` on Postgres.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("type", "collation")


def explains(pair: Pair) -> bool:
    """Whether SQLite ignores case where Postgres has CITEXT."""
    claims = pair.across
    if claims is None:
        return False
    sqlite, postgresql = (claim.table.by_name[pair.column] for claim in claims)
    text = sqlite.type.family in {"text", "varchar"}
    return text and sqlite.collation == "NOCASE" and postgresql.type.family == "citext"
