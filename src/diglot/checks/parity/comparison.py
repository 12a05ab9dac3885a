"""Compare one table part by part: what every part needs of the sides, the rules and the findings."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from diglot.checks.finding import Finding
from diglot.checks.parity.rules.registry import rule_for
from diglot.checks.parity.sides import MADE, Claim, Pair, Side, Verdict, judged
from diglot.checks.parity.telling import Show, finding
from diglot.schema.expressions import Reading, canonical, same, squeezed
from diglot.schema.logical import Expression, Table

Equal = Callable[[Any, Any], bool]
_PAIRS = (*MADE, (Side.SQLITE, Side.POSTGRESQL))


@dataclass
class Comparison:
    """One table on all sides that have it, and what was found so far.

    unread: the expressions that no parser could read, which were compared token by token.
    """

    name: str
    tables: Mapping[Side, Table]
    reading: Reading
    findings: list[Finding] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def subject(self, thing: str = "") -> str:
        """Return how messages name the table, or a thing in it."""
        return f"table {self.name}, {thing}" if thing else f"table {self.name}"

    def judge(
        self, aspect: str, values: Mapping[Side, Any], equal: Equal, *, column: str = "", declared_apart: bool = False
    ) -> Verdict | None:
        """Return who is alone with a value that no rule explains, or None."""
        pairs: dict[tuple[Side, Side], Pair | None] = {}
        for one, other in _PAIRS:
            if one in values and other in values:
                pairs[one, other] = self._disagreement(aspect, values, (one, other), equal, column)
        return judged(pairs, may_be_declared_apart=declared_apart)

    def _disagreement(
        self, aspect: str, values: Mapping[Side, Any], sides: tuple[Side, Side], equal: Equal, column: str
    ) -> Pair | None:
        first, second = (values[side] for side in sides)
        if equal(first, second):
            return None
        one, other = (Claim(side, values[side], self.tables[side]) for side in sides)
        pair = Pair(aspect, one, other, column, self.reading)
        return None if rule_for(pair) else pair

    def compare(
        self,
        aspect: str,
        thing: str,
        values: Mapping[Side, Any],
        equal: Equal = lambda one, other: bool(one == other),
        *,
        show: Show = str,
        column: str = "",
        kind: str = "",
        declared_apart: bool = False,
    ) -> bool:
        """Compare one value on all sides and keep the finding, if any; say whether there is none.

        aspect: what rules are asked about. kind: what the finding is called, when that is another word.
        """
        verdict = self.judge(aspect, values, equal, column=column, declared_apart=declared_apart)
        if verdict is not None:
            self.findings.append(finding(kind or aspect, self.subject(thing), values, verdict, show))
        return verdict is None

    def exists(self, kind: str, thing: str, group: Mapping[Side, Any], *, aspect: str = "", show: Show = str) -> bool:
        """Compare whether a thing is there; say whether the sides that have it may be compared further."""
        values = {side: group.get(side) for side in self.tables}
        return self.compare(aspect or kind, thing, values, _both_there, show=show, kind=kind)

    # -- expressions -------------------------------------------------------------------------------

    def same_expression(self, reading: Reading) -> Equal:
        """Return the comparison of two expressions, either of which may be None."""

        def equal(one: Expression | None, other: Expression | None) -> bool:
            if one is None or other is None:
                return one is other
            return same(one, other, reading)

        return equal

    def form(self, expression: Expression | None, reading: Reading) -> str:
        """Return what an expression is compared by; "" for none."""
        if expression is None:
            return ""
        found = canonical(expression, reading)
        if not found.parsed:
            self.unread.add(f"{self.subject()}: {squeezed(expression.text)}")
        return found.form


def _both_there(one: object, other: object) -> bool:
    return (one is None) == (other is None)
