"""SQLite has no boolean: it keeps 0 and 1, and a CHECK that only they are allowed says what Postgres's type says.

Same: `paid INTEGER CHECK (paid IN (0, 1))` on SQLite, `paid BOOLEAN` on Postgres.
Not the same: `paid INTEGER` without the CHECK: SQLite would take 2.
"""

from diglot.checks.parity.sides import Pair
from diglot.schema.expressions import same
from diglot.schema.logical import Expression

ASPECTS = ("type", "check")


def explains(pair: Pair) -> bool:
    """Whether a CHECK for 0 and 1 stands for Postgres's boolean."""
    return _type(pair) if pair.aspect == "type" else _check(pair)


def _type(pair: Pair) -> bool:
    claims = pair.across
    if claims is None or (claims[0].value.family, claims[1].value.family) != ("integer", "boolean"):
        return False
    wanted = _allowed(pair.column)
    return any(same(check.expression, wanted, pair.reading) for check in claims[0].table.checks)


def _check(pair: Pair) -> bool:
    found = [claim for claim in (pair.one, pair.other) if claim.value is not None]
    if len(found) != 1 or found[0].side.dialect != "sqlite":
        return False
    truths = [name for name, known in pair.reading.columns.items() if known.type.family == "boolean"]
    return any(same(found[0].value.expression, _allowed(name), pair.reading) for name in truths)


def _allowed(column: str) -> Expression:
    return Expression(f'"{column}" IN (0, 1)', "sqlite")
