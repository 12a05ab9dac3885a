"""Join what checks found with the file of accepted divergences."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from diglot.checks.finding import Acceptance, CheckRun, Finding, contract_of
from diglot.checks.registry import all_checks
from diglot.parity.divergences import CHECK, Accepted, DivergenceProblem, Entry
from diglot.parity.updating import Seen, update


def accept(run: CheckRun, accepted: Accepted) -> CheckRun:
    """Return the run with each finding marked as accepted when an entry accepts it."""
    return run.with_findings([_marked(one, accepted) for one in run.outcome.findings])


def problems_of(
    accepted: Accepted, runs: Sequence[CheckRun], *, options: Collection[str], today: dt.date
) -> list[DivergenceProblem]:
    """List what is wrong with the entries of the checks that ran, and with those of checks that do not exist.

    options: those that were given, as `Options.given` spells them.
    """
    names = {one.name for one in all_checks()}
    ran = {one.name for one in runs}
    found = accepted.problems(seen=_seen(runs), compared=_ran(runs, options), today=today, of_checks=True)
    ours = [one for one in found if one.key.partition(".")[0] in ran]
    return [*ours, *(_nameless(one) for one in accepted.entries if one.of_check and _check(one) not in names)]


def update_divergences(accepted: Accepted, runs: Sequence[CheckRun], *, options: Collection[str]) -> str:
    """Write the file anew from what the checks found; return its text."""
    new = [Seen(one.key, one.direction, one.contract, one.summary) for one in _findings(runs) if one.accepted is None]
    return update(accepted.path, new=new, seen=_seen(runs), compared=_ran(runs, options))


def _marked(finding: Finding, accepted: Accepted) -> Finding:
    entry = accepted.match(finding.key, finding.direction)
    if entry is None or not entry.of_check:
        return finding
    return replace(finding, accepted=Acceptance(entry.reason, entry.expires.isoformat() if entry.expires else None))


def _findings(runs: Iterable[CheckRun]) -> list[Finding]:
    return [finding for one in runs for finding in one.outcome.findings]


def _seen(runs: Iterable[CheckRun]) -> Collection[tuple[str, str]]:
    return {(one.key, one.direction) for one in _findings(runs)}


def _ran(runs: Iterable[CheckRun], options: Collection[str]) -> Collection[str]:
    """The checks that ran, as entries name them; one that could not run has not shown that anything is gone."""
    return {contract_of(one.name, option) for one in runs if not one.error for option in ("", *options)}


def _check(entry: Entry) -> str:
    return entry.contract.removeprefix(CHECK).partition(" ")[0]


def _nameless(entry: Entry) -> DivergenceProblem:
    message = (
        f"{entry.place} names `{entry.contract}`, and there is no such check. "
        f"Fix: see `diglot check --help`, or remove the entry"
    )
    return DivergenceProblem("unknown", entry.key, message)
