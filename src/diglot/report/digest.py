"""What a reader is told first: each disagreement once, the worst first, with the contracts that show it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from diglot.report.contract import Contract, Finding
from diglot.report.document import OUTCOMES, DialectRun, Report, unaccepted
from diglot.report.shown import DIALECT_TITLES

_SHOWN_FIRST = ("failed", "error", "passed", "skipped", "xfailed", "xpassed")
_HEADLINES = {
    "sqlite-fails": "fails on SQLite only",
    "postgresql-fails": "fails on Postgres only",
    "errors-differ": "fails on both, with different errors",
    "differ": "passes on both, and differs",
}


@dataclass(frozen=True)
class Case:
    """One disagreement that nobody accepted.

    contract: the first that shows it; contracts: the ids of all. finding: None when nothing was recorded.
    majors: those of Postgres on which it was seen. consequences: how many findings in `contract` follow from it.
    """

    contract: Contract
    finding: Finding | None
    contracts: tuple[str, ...] = ()
    majors: tuple[str, ...] = ()
    consequences: int = 0

    @property
    def headline(self) -> str:
        """The verdict on the contract in a few words."""
        return _HEADLINES.get(self.contract.verdict, self.contract.verdict)

    @property
    def outcomes(self) -> str:
        """How the contract ended on each major, as `passed on sqlite 3, failed on postgresql 18`."""
        return ", ".join(f"{half.outcome} on {half.major}" for half in self.contract.halves)


def cases_of(report: Report) -> list[Case]:
    """Return the disagreements that are not accepted; the same key in several contracts is one case."""
    found: dict[str, Case] = {}
    for contract in report.disagreements:
        if contract.accepted:
            continue
        for finding, consequences in _to_show(contract):
            name = finding.key if finding else contract.id
            before = found.get(name, Case(contract, finding, consequences=consequences))
            found[name] = replace(
                before,
                contracts=_with(before.contracts, contract.id),
                majors=_with(before.majors, finding.between[1]) if finding else before.majors,
            )
    return list(found.values())


def count_line(report: Report) -> str:
    """Return the line with what ran and how it compares."""
    parts = [f"{one.name} {one.version} {counts_of(one)}" for one in report.dialects]
    compared = any(count for name, count in report.verdicts.items() if name not in {"single", "skipped"})
    if compared:
        parts.append(_differ(report))
    return f"diglot: {' | '.join(parts)}"


def verdict_line(report: Report) -> str:
    """Return the counts of all verdicts that there are, as `verdicts: 1 differ, 140 agree`."""
    counts = [f"{count} {name}" for name, count in report.verdicts.items() if count]
    return f"verdicts: {', '.join(counts) or 'none'}"


def accepted_line(report: Report) -> str:
    """Return how much of what was seen is accepted, or "" when nothing is."""
    keys = len(report.accepted_keys)
    if not keys:
        return ""
    contracts = sum(any(one.accepted for one in contract.findings) for contract in report.contracts)
    where = f" ({report.divergences_file})" if report.divergences_file else ""
    return f"accepted: {_count(keys, 'divergence')}, seen in {_count(contracts, 'contract')}{where}"


def counts_of(dialect: DialectRun) -> str:
    """Return a dialect's counts, as `2 failed, 410 passed`."""
    counts = dict(zip(OUTCOMES, dialect.counts, strict=True))
    return ", ".join(f"{counts[one]} {one}" for one in _SHOWN_FIRST if counts[one]) or "nothing ran"


def sql_of(finding: Finding) -> list[tuple[str, str]]:
    """Return the SQL with a label: once when both dialects run the same, else for each dialect."""
    events = {"sqlite": finding.sqlite, "postgresql": finding.postgresql}
    found = {name: event for name, event in events.items() if event and event["event"] == "statement"}
    neutral = {" ".join(event["neutral"].split()) for event in found.values()}
    if len(neutral) == 1:
        return [("sql", found.get("postgresql", found.get("sqlite", {}))["sql"])]
    return [(DIALECT_TITLES[name], event["sql"]) for name, event in found.items()]


def seen_in(case: Case, most: int = 3) -> str:
    """Return the contracts that show a case, as `seen in 12 contracts: a, b, c, ...`; "" when there is one."""
    if len(case.contracts) < 2:
        return ""
    names = [*case.contracts[:most], *(["..."] if len(case.contracts) > most else [])]
    return f"seen in {len(case.contracts)} contracts: {', '.join(names)}"


def _to_show(contract: Contract) -> Sequence[tuple[Finding | None, int]]:
    """The roots that nobody accepted, each with the number of its consequences; never nothing."""
    roots: list[tuple[Finding, int]] = []
    for finding in contract.findings:
        if finding.follows and roots:
            roots[-1] = (roots[-1][0], roots[-1][1] + 1)
        else:
            roots.append((finding, 0))
    return [one for one in roots if not one[0].accepted] or roots[:1] or [(None, 0)]


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else (*names, name)


def _differ(report: Report) -> str:
    differing = len(report.disagreements)
    accepted = differing - len(unaccepted(report.contracts))
    if not differing:
        return "no contract differs"
    text = "1 contract differs" if differing == 1 else f"{differing} contracts differ"
    return f"{text} ({accepted} accepted)" if accepted else text


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
