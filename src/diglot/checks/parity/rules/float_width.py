"""SQLite has one floating-point number, of 64 bits, under each of its names.

Same: `ratio FLOAT` on SQLite, `ratio REAL` on Postgres.
Not the same: REAL on Postgres where the metadata says DOUBLE PRECISION, and NUMERIC on either.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("width",)


def explains(pair: Pair) -> bool:
    """Whether one of the two is SQLite's floating-point number."""
    families = {pair.one.value.family, pair.other.value.family}
    return families == {"float"} and bool(pair.on_sqlite)
