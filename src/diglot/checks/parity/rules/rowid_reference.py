"""SQLite numbers every row whose key is INTEGER, asked or not.

A key that refers to another table's row is always given.

Same: `user_id INTEGER PRIMARY KEY REFERENCES users` on SQLite, the same without SERIAL on Postgres.
Not the same: `year INTEGER PRIMARY KEY` that refers to nothing: SQLite makes a year up, Postgres refuses the row.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("generator",)


def explains(pair: Pair) -> bool:
    """Whether the row's number is another table's."""
    claims = pair.across
    if claims is None or not claims[0].value.startswith("rowid") or claims[1].value:
        return False
    return all(any(pair.column in key.columns for key in claim.table.foreign_keys) for claim in claims)
