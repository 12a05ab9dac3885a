"""Join the reports of several jobs: pair what ran apart, keep what was paired, refuse what contradicts."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from diglot.errors.parity import ReportMalformed, ReportsContradict, ReportsUnrelated
from diglot.parity.codec import decode_trace
from diglot.parity.compare import compare
from diglot.parity.divergences import Accepted, DivergenceProblem
from diglot.parity.trace import UNKNOWN, Half
from diglot.parity.verdict import verdict_of, worst
from diglot.report.acceptance import accept, problems_of
from diglot.report.contract import Acceptance, Contract, Finding, Run
from diglot.report.document import DialectRun, Report, RunFacts
from diglot.report.findings import findings_of

_PARITIES = ("strict", "report", "off")
_NUMBER = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Merged:
    """Several reports as one.

    by_outcome: how many pairs were compared by their outcomes alone, as one of the two had no trace any more.
    """

    report: Report
    by_outcome: int


@dataclass(frozen=True)
class _Told:
    """What one report says about one contract."""

    source: str
    contract: Contract


def merge(
    reports: Mapping[str, Report],
    *,
    accepted: Accepted | None = None,
    parity: str | None = None,
    today: dt.date,
) -> Merged:
    """Join reports, which are given by the names of their files, into one.

    Every SQLite run of a contract is compared with every Postgres run of another major; both need their traces,
    which a report holds of runs that had no partner. accepted: replaces what the reports say is accepted.
    parity: replaces the strictest that they say. The joint duration is the longest.
    Raises ReportsUnrelated (DG310), ReportsContradict (DG309), ReportMalformed (DG307).
    """
    _refuse_unrelated(reports)
    told = _by_contract(reports)
    _refuse_contradictions(told)
    joined = [_join(several) for several in told.values()]
    contracts = [one.contract for one in joined]
    if accepted is None:
        contracts = _accepted_before(contracts)
        problems = _problems_before(reports.values(), contracts)
    else:
        contracts = accept(contracts, accepted)
        problems = problems_of(accepted, contracts, today=today, everything=False)
    report = Report.build(
        run=_run_facts(reports, parity),
        dialects=_dialects(reports.values()),
        contracts=contracts,
        divergences_file=_divergences_file(reports.values(), accepted),
        problems=problems,
    )
    return Merged(_with_pages(report, reports.values()), sum(one.by_outcome for one in joined))


# -- one contract ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Joined:
    contract: Contract
    by_outcome: int


@dataclass(frozen=True)
class _Pair:
    """Two runs that were compared here; traced: with their traces."""

    sqlite: Run
    postgresql: Run
    verdict: str
    findings: tuple[Finding, ...]
    traced: bool


def _join(told: Sequence[_Told]) -> _Joined:
    """One contract from what several reports say about it."""
    runs = _runs(told)
    paired = {pair for one in told for pair in _paired(one.contract)}
    sqlite, postgresql = ([run for run in runs.values() if run.dialect == name] for name in ("sqlite", "postgresql"))
    new = [
        _pair(told, left, right)
        for left, right in product(sqlite, postgresql)
        if (left.major, right.major) not in paired
    ]
    verdicts = [one.contract.verdict for one in told if _paired(one.contract)] + [one.verdict for one in new]
    compared = {major for pair in paired for major in pair}
    compared |= {run.major for one in new if one.traced for run in (one.sqlite, one.postgresql)}
    first = told[0].contract
    contract = Contract(
        id=first.id,
        file=first.file,
        line=first.line,
        verdict=worst(verdicts) if verdicts else worst(one.contract.verdict for one in told),
        halves=tuple(replace(run, trace=None) if run.major in compared else run for run in runs.values()),
        findings=tuple(_findings(told, new)),
    )
    untraced = sum(not one.traced and "skipped" not in {one.sqlite.outcome, one.postgresql.outcome} for one in new)
    return _Joined(contract, untraced)


def _runs(told: Sequence[_Told]) -> dict[str, Run]:
    """Each major's run, in order; of the same one in several reports that which has its trace."""
    found: dict[str, Run] = {}
    for one in told:
        for run in one.contract.halves:
            before = found.get(run.major)
            if before is None or (before.trace is None and run.trace is not None):
                found[run.major] = run
    return {major: found[major] for major in sorted(found, key=_major_order)}


def _paired(contract: Contract) -> set[tuple[str, str]]:
    """The majors that were compared when the report was written: of runs with a partner and no trace left."""
    done = [run for run in contract.halves if run.trace is None]
    sqlite, postgresql = ([run.major for run in done if run.dialect == name] for name in ("sqlite", "postgresql"))
    return set(product(sqlite, postgresql))


def _pair(told: Sequence[_Told], sqlite: Run, postgresql: Run) -> _Pair:
    left, right = _half(told, sqlite), _half(told, postgresql)
    traced = left.trace is not None and right.trace is not None
    ran = "skipped" not in {left.outcome, right.outcome}
    differences = compare(left, right) if ran else []
    verdict = verdict_of(left, right, differences)
    return _Pair(sqlite, postgresql, verdict, tuple(findings_of(differences)), traced)


def _half(told: Sequence[_Told], run: Run) -> Half:
    source = next(one for one in told if any(run is half for half in one.contract.halves))
    contract = source.contract
    try:
        trace = None if run.trace is None else decode_trace(run.trace)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        problem = f"the trace of {contract.id} on {run.major} cannot be read ({type(error).__name__}: {error})"
        raise ReportMalformed(path=source.source, problem=problem) from error
    return Half(
        contract=contract.id,
        dialect=run.dialect,
        version=run.version,
        outcome=run.outcome,
        file=contract.file,
        line=contract.line,
        duration_s=run.duration_s,
        phase=run.phase,
        failure=run.failure,
        site=run.site or UNKNOWN,
        reason=run.reason,
        trace=trace,
    )


def _findings(told: Sequence[_Told], new: Sequence[_Pair]) -> list[Finding]:
    """The findings of each pair once, pair after pair."""
    found: dict[tuple[str, str], list[Finding]] = {}
    for one in told:
        of_report: dict[tuple[str, str], list[Finding]] = {}
        for finding in one.contract.findings:
            of_report.setdefault(finding.between, []).append(finding)
        found = {**of_report, **found}
    found.update({(one.sqlite.major, one.postgresql.major): list(one.findings) for one in new})
    pairs = sorted(found, key=lambda pair: (_major_order(pair[0]), _major_order(pair[1])))
    return [finding for pair in pairs for finding in found[pair]]


# -- all of them -----------------------------------------------------------------------------------


def _by_contract(reports: Mapping[str, Report]) -> dict[str, list[_Told]]:
    told: dict[str, list[_Told]] = {}
    for source, report in reports.items():
        for contract in report.contracts:
            told.setdefault(contract.id, []).append(_Told(source, contract))
    return told


def _refuse_unrelated(reports: Mapping[str, Report]) -> None:
    (first, one), *others = reports.items()
    for name, other in others:
        if other.run.root_name != one.run.root_name:
            raise ReportsUnrelated(
                first=first, first_root=one.run.root_name, second=name, second_root=other.run.root_name
            )


def _refuse_contradictions(told: Mapping[str, Sequence[_Told]]) -> None:
    """Refuse one contract that ended in two ways on one major."""
    found = []
    for several in told.values():
        first: dict[str, tuple[str, Run]] = {}
        for one in several:
            for run in one.contract.halves:
                source, before = first.setdefault(run.major, (one.source, run))
                if before.outcome != run.outcome:
                    found.append((one.contract.id, run.major, (source, before.outcome), (one.source, run.outcome)))
    if found:
        contract, major, (source, outcome), (other_source, other_outcome) = found[0]
        raise ReportsContradict(
            contract=contract,
            major=major,
            first=f"{outcome} in {source}",
            second=f"{other_outcome} in {other_source}",
            others=len({one[0] for one in found}) - 1,
        )


def _run_facts(reports: Mapping[str, Report], parity: str | None) -> RunFacts:
    runs = [one.run for one in reports.values()]
    return RunFacts(
        root_name=runs[0].root_name,
        parity=parity or min((one.parity for one in runs), key=_PARITIES.index),
        duration_s=max(one.duration_s for one in runs),
        merged_from=tuple(reports),
    )


def _with_pages(report: Report, parts: Iterable[Report]) -> Report:
    """The report with the page of each cause that it names, also of those that this Diglot does not know."""
    pages = {name: page for one in parts for name, page in one.causes.items()} | report.causes
    named = {finding.cause for one in report.contracts for finding in one.findings}
    return replace(report, causes={name: pages[name] for name in sorted(named) if name in pages})


def _dialects(reports: Iterable[Report]) -> list[DialectRun]:
    """Each major once; where jobs had different versions of it, with all of them."""
    found: dict[str, DialectRun] = {}
    for report in reports:
        for one in report.dialects:
            before = found.get(one.major, one)
            found[one.major] = replace(
                one, version=_also(before.version, one.version), driver=_also(before.driver, one.driver)
            )
    return [found[major] for major in sorted(found, key=_major_order)]


def _also(before: str, name: str) -> str:
    """Names joined by commas, each once, in order."""
    names = {one for one in (*before.split(", "), *name.split(", ")) if one}
    return ", ".join(sorted(names, key=_major_order))


def _major_order(name: str) -> tuple[bool, list[tuple[int, str]]]:
    """SQLite first, then by number."""
    parts = [(int(part), "") if part.isdigit() else (0, part) for part in _NUMBER.split(name)]
    return not name.startswith("sqlite"), parts


def _accepted_before(contracts: Iterable[Contract]) -> list[Contract]:
    """What any of the reports accepted is accepted wherever it is seen."""
    everything = list(contracts)
    known: dict[tuple[str, str], Acceptance] = {}
    for contract in everything:
        for finding in contract.findings:
            if finding.accepted:
                known.setdefault((finding.key, finding.direction), finding.accepted)
    return [
        replace(
            contract,
            findings=tuple(
                replace(finding, accepted=known.get((finding.key, finding.direction))) for finding in contract.findings
            ),
        )
        for contract in everything
    ]


def _problems_before(reports: Iterable[Report], contracts: Iterable[Contract]) -> list[DivergenceProblem]:
    """The problems of all reports, each once; what one job did not see and another one did is used."""
    used = {finding.key for one in contracts for finding in one.findings if finding.accepted}
    found = {(one.kind, one.key): one for report in reports for one in report.problems}
    return [one for (kind, key), one in found.items() if kind != "unused" or key not in used]


def _divergences_file(reports: Iterable[Report], accepted: Accepted | None) -> str:
    if accepted is not None:
        return accepted.path.name
    return next((one.divergences_file for one in reports if one.divergences_file), "")
