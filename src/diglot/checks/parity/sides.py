"""Who says something of a schema, and which of them is alone with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from diglot.schema.expressions import Reading
from diglot.schema.logical import Table

BOTH = "both"


class Side(Enum):
    """The four that say something: the metadata says it for each dialect."""

    DECLARED_SQLITE = "metadata for sqlite"
    DECLARED_POSTGRESQL = "metadata for postgresql"
    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"

    @property
    def dialect(self) -> str:
        """The dialect it speaks of."""
        return "sqlite" if self in {Side.SQLITE, Side.DECLARED_SQLITE} else "postgresql"

    @property
    def is_declared(self) -> bool:
        """Whether it is the metadata."""
        return self in {Side.DECLARED_SQLITE, Side.DECLARED_POSTGRESQL}


MADE = ((Side.DECLARED_SQLITE, Side.SQLITE), (Side.DECLARED_POSTGRESQL, Side.POSTGRESQL))


@dataclass(frozen=True)
class Claim:
    """What one side says of one thing. table: the side's own. value: None when it has no such thing."""

    side: Side
    value: Any
    table: Table


@dataclass(frozen=True)
class Pair:
    """Two claims that are not equal, for a rule to explain.

    aspect: what they are about, in the words of a finding's kind. column: its name, or "". reading: how the table's
    expressions are to be read; its columns are as Postgres has them.
    """

    aspect: str
    one: Claim
    other: Claim
    column: str = ""
    reading: Reading = field(default_factory=lambda: Reading({}))

    @property
    def across(self) -> tuple[Claim, Claim] | None:
        """SQLite's and Postgres's claim, in this order; None when both are of one dialect."""
        if self.one.side.dialect == self.other.side.dialect:
            return None
        return (self.one, self.other) if self.one.side.dialect == "sqlite" else (self.other, self.one)

    @property
    def on_sqlite(self) -> tuple[Claim, ...]:
        """The claims that are about SQLite: none, one or both."""
        return tuple(one for one in (self.one, self.other) if one.side.dialect == "sqlite")

    @property
    def within_postgresql(self) -> bool:
        """Whether both are about Postgres."""
        return not self.on_sqlite


@dataclass(frozen=True)
class Verdict:
    """That something differs. direction: the dialect that is alone, or `both`. pair: the first two that disagree.

    as_declared: whether both databases are as the metadata says, which says different things for the two.
    """

    direction: str
    pair: Pair
    as_declared: bool = False


def judged(pairs: Mapping[tuple[Side, Side], Pair | None], *, may_be_declared_apart: bool = False) -> Verdict | None:
    """Return who is alone, or None when nobody is.

    pairs: of two sides that both speak, their disagreement, or None when they agree. may_be_declared_apart: whether
    the metadata may say different things for the two dialects by intention, as a type does.
    """
    off = [(made, pairs[declared, made]) for declared, made in MADE if pairs.get((declared, made)) is not None]
    wrong = [(made, pair) for made, pair in off if pair is not None]
    if wrong:
        direction = BOTH if len(wrong) > 1 else wrong[0][0].dialect
        return Verdict(direction, wrong[0][1])
    apart = pairs.get((Side.SQLITE, Side.POSTGRESQL))
    as_declared = all(key in pairs for key in MADE)
    if apart is None or (as_declared and may_be_declared_apart):
        return None
    return Verdict(BOTH, apart, as_declared=as_declared)
