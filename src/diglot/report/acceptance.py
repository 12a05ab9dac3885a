"""Join the findings of a run with the file of accepted divergences."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from diglot.parity.divergences import Accepted, DivergenceProblem
from diglot.parity.updating import Seen, update
from diglot.report.contract import Acceptance, Contract, Finding


def accept(contracts: Iterable[Contract], accepted: Accepted) -> list[Contract]:
    """Return the contracts with each finding marked as accepted when an entry accepts it, and only then."""
    return [replace(one, findings=tuple(_marked(finding, accepted) for finding in one.findings)) for one in contracts]


def problems_of(
    accepted: Accepted, contracts: Sequence[Contract], *, today: dt.date, everything: bool
) -> list[DivergenceProblem]:
    """List what is wrong with the entries, after a run; everything: it collected every contract there is."""
    return accepted.problems(
        seen=_seen(contracts), compared=_compared(contracts), today=today, everything=_all(contracts, everything)
    )


def update_divergences(accepted: Accepted, contracts: Sequence[Contract], *, everything: bool) -> str:
    """Write the file anew from what a run has seen; return its text.

    Added is what makes the dialects disagree where the test passes on both; a consequence is accepted with its root.
    """
    new = [
        Seen(finding.key, finding.direction, one.id, finding.summary)
        for one in contracts
        if one.verdict == "differ"
        for finding in one.roots
    ]
    return update(
        accepted.path,
        new=new,
        seen=_seen(contracts),
        compared=_compared(contracts),
        everything=_all(contracts, everything),
    )


def _marked(finding: Finding, accepted: Accepted) -> Finding:
    entry = accepted.match(finding.key, finding.direction)
    if entry is None:
        return replace(finding, accepted=None)
    return replace(finding, accepted=Acceptance(entry.reason, entry.expires.isoformat() if entry.expires else None))


def _seen(contracts: Iterable[Contract]) -> Collection[tuple[str, str]]:
    return {(finding.key, finding.direction) for one in contracts for finding in one.findings}


def _compared(contracts: Iterable[Contract]) -> Collection[str]:
    """The contracts that ran on both dialects; a skipped half showed nothing."""
    ran = {one.id: {half.dialect for half in one.halves if half.outcome != "skipped"} for one in contracts}
    return {name for name, dialects in ran.items() if len(dialects) > 1}


def _all(contracts: Iterable[Contract], everything: bool) -> Collection[str] | None:
    return {one.id for one in contracts} if everything else None
