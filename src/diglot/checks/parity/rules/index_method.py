"""SQLite's indexes are all B-trees without operator classes and carried columns: those only matter on Postgres.

They change how fast a query is, not what it gives.

Same: `CREATE INDEX ix ON docs (body)` on SQLite, `CREATE INDEX ix ON docs USING gin (body)` on Postgres.
Not the same: a B-tree on Postgres where the metadata says `postgresql_using="gin"`.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("index-method", "index-operators", "index-included", "index-nulls-order")


def explains(pair: Pair) -> bool:
    """Whether one of the two is SQLite's, which has only one kind."""
    return pair.across is not None
