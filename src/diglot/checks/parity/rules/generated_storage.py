"""Whether a computed column is stored or computed when it is read changes no row that is read.

Each dialect and version has a default of its own for it, so it only counts where the metadata says it.

Same: GENERATED ALWAYS AS (a + b) VIRTUAL on SQLite, STORED on Postgres.
Not the same: VIRTUAL in a database where the metadata says `persisted=True`.
"""

from diglot.checks.parity.sides import Pair

ASPECTS = ("generated-storage",)


def explains(pair: Pair) -> bool:
    """Whether nobody asked for one of the two."""
    return pair.across is not None or None in {pair.one.value, pair.other.value}
