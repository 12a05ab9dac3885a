"""SQLite has no enums: it keeps the label as text, and a CHECK may say which labels there are.

Same: `state VARCHAR(6) CHECK (state IN ('open', 'closed'))` on SQLite, an ENUM of 'open' and 'closed' on Postgres.
Not the same: a VARCHAR that is shorter than the longest label, and a CHECK with other labels.
"""

from diglot.checks.parity.sides import Pair
from diglot.schema.expressions import same
from diglot.schema.logical import Expression

ASPECTS = ("type", "check")


def explains(pair: Pair) -> bool:
    """Whether a text, or the CHECK on it, stands for Postgres's enum."""
    return _type(pair) if pair.aspect == "type" else _check(pair)


def _type(pair: Pair) -> bool:
    claims = pair.across
    if claims is None:
        return False
    sqlite, postgresql = claims[0].value, claims[1].value
    if postgresql.family != "enum" or sqlite.family not in {"text", "varchar"}:
        return False
    return sqlite.length is None or sqlite.length >= max(map(len, postgresql.labels), default=0)


def _check(pair: Pair) -> bool:
    found = [claim for claim in (pair.one, pair.other) if claim.value is not None]
    if len(found) != 1 or found[0].side.dialect != "sqlite":
        return False
    enums = [(name, known.type.labels) for name, known in pair.reading.columns.items() if known.type.labels]
    return any(same(found[0].value.expression, _listed(name, labels), pair.reading) for name, labels in enums)


def _listed(column: str, labels: tuple[str, ...]) -> Expression:
    texts = ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
    return Expression(f'"{column}" IN ({texts})', "sqlite")
