"""The report as lines for a terminal: what disagrees comes first, the counts come last."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from diglot.report.digest import Case, accepted_line, cases_of, count_line, seen_in, sql_of, verdict_line
from diglot.report.document import Report
from diglot.report.shown import one_line, show_typed, show_value

MOST_CASES = 20
NARROWEST, WIDEST = 80, 200

_LABEL = 11
_SQL_LINES = 3
_QUIET = {"agree", "single", "skipped"}
_SHOWS_VALUES = {"rows", "order"}
_UNBROKEN = {"at", ""}  # A path and the ids of contracts can be copied.


@dataclass(frozen=True)
class Line:
    """One line; flags: names of what the caller makes of it, such as `red` or `bold`."""

    text: str
    flags: tuple[str, ...] = ()


def section(report: Report, *, width: int = NARROWEST, most: int = MOST_CASES) -> list[Line]:
    """Return the report's lines, at most `width` columns wide; only a path, an id or the line of counts may be wider.

    width: taken as at least 80 and at most 200. most: how many disagreements are shown.
    """
    columns = min(max(width, NARROWEST), WIDEST)
    return [*_disagreements(report, columns, most), *_divergences(report, columns), *_counts(report)]


def _disagreements(report: Report, width: int, most: int) -> Iterator[Line]:
    cases = cases_of(report)
    colour = "yellow" if report.run.parity == "report" else "red"
    for case in cases[:most]:
        yield Line(one_line(case.contract.id, 1000), ("bold", colour))
        yield Line(f"  {case.headline}", (colour,))
        for label, text in _facts(case, _title(report, case), width):
            yield from _wrapped(f"  {label:<{_LABEL}}  ", text, width, breaks=label not in _UNBROKEN)
        if case.consequences:
            yield Line(f"  +{case.consequences} that {'follows' if case.consequences == 1 else 'follow'} from it")
        yield Line("")
    if len(cases) > most:
        yield Line(f"... and {len(cases) - most} more: see --diglot-report", ("bold", colour))
        yield Line("")


def _facts(case: Case, title: str, width: int) -> Iterator[tuple[str, str]]:
    """What is said of a case whose cause has a title: label and text; an empty text says nothing."""
    yield "outcomes", case.outcomes
    yield "seen on", ", ".join(case.majors) if len(case.contract.halves) > 2 else ""
    finding = case.finding
    if finding is None:
        return
    yield "what", finding.summary
    yield "cause", f"{finding.cause}: {title}" if title else finding.cause
    yield "at", str(finding.site) if finding.site else ""
    for label, sql in sql_of(finding):
        yield label.lower(), one_line(sql, _SQL_LINES * (width - _LABEL - 4))
    if finding.kind in _SHOWS_VALUES or finding.column:
        show = show_value if finding.kind in _SHOWS_VALUES else show_typed
        room = width - _LABEL - 4
        yield "on SQLite", show(finding.sqlite_value, room)
        yield "on Postgres", show(finding.postgresql_value, room)
    yield "fix", finding.fix
    yield "key", f"{finding.key} (direction {finding.direction})"
    yield "", seen_in(case)


def _title(report: Report, case: Case) -> str:
    page = report.causes.get(case.finding.cause) if case.finding else None
    return page.title if page else ""


def _wrapped(first: str, text: str, width: int, *flags: str, breaks: bool = True) -> Iterator[Line]:
    """The text, below where it begins; breaks: also within a word; nothing for an empty one."""
    lines = textwrap.wrap(
        one_line(text, 4000),
        width,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=breaks,
        break_on_hyphens=False,
    )
    yield from (Line(line, flags) for line in lines)


def _divergences(report: Report, width: int) -> Iterator[Line]:
    accepted = accepted_line(report)
    if accepted:
        yield Line(accepted)
    colour = "yellow" if report.run.parity == "report" else "red"
    for one in report.problems:
        yield from _wrapped(f"{one.kind}: ", one.message, width, colour, breaks=False)


def _counts(report: Report) -> Iterator[Line]:
    if any(count for name, count in report.verdicts.items() if name not in _QUIET):
        yield Line(verdict_line(report))
    yield Line(count_line(report), ("green",) if report.green else ("red",))
