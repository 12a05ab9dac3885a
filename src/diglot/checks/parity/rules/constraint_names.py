"""A constraint that SQLite or the metadata leaves without a name has one on Postgres, which makes it up.

Same: `UNIQUE (email)` on SQLite, `CONSTRAINT users_email_key UNIQUE (email)` on Postgres.
Not the same: `CONSTRAINT uq_email` on SQLite, `CONSTRAINT users_email_key` on Postgres: a migration names one of them.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("constraint-name",)


def explains(pair: Pair) -> bool:
    """Whether one of the two has no name."""
    return pair.one.value is None or pair.other.value is None
