"""SQLite's CURRENT_TIMESTAMP is the time in UTC; so is Postgres's `now() AT TIME ZONE 'utc'`.

`now()` and CURRENT_TIMESTAMP are one expression already where expressions are compared.

Same: DEFAULT CURRENT_TIMESTAMP on SQLite, DEFAULT (now() AT TIME ZONE 'utc') of a TIMESTAMP on Postgres.
Not the same: DEFAULT (now() AT TIME ZONE 'Europe/Paris') on Postgres, or the same of a TIMESTAMP WITH TIME ZONE.
"""

from diglot.checks.parity.sides import Pair
from diglot.schema.expressions import same
from diglot.schema.logical import Expression

ASPECTS = ("default",)
_WAYS = ("timezone('{}', now())", "now() AT TIME ZONE '{}'")
_IN_UTC = tuple(Expression(way.format(zone), "postgresql") for way in _WAYS for zone in ("utc", "UTC"))
_NOW = Expression("CURRENT_TIMESTAMP", "sqlite")


def explains(pair: Pair) -> bool:
    """Whether both give the present time in UTC."""
    claims = pair.across
    if claims is None or None in {claims[0].value, claims[1].value}:
        return False
    sqlite, postgresql = claims
    kind = postgresql.table.by_name[pair.column].type
    if kind.family != "timestamp" or kind.timezone is not False:
        return False
    in_utc = any(same(postgresql.value, one, pair.reading) for one in _IN_UTC)
    return in_utc and same(sqlite.value, _NOW, pair.reading)
