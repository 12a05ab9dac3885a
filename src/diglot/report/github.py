"""The report on GitHub: the summary of a step, and annotations of files.

Everything that comes from the project is text: what Markdown, HTML or a workflow command would read as its own
is escaped.
"""

import re
from collections.abc import Iterator

from diglot.report.contract import Contract
from diglot.report.digest import Case, accepted_line, cases_of, count_line, counts_of, seen_in, sql_of
from diglot.report.document import Report
from diglot.report.shown import DIALECT_TITLES, MOST_TEXT, one_line, show_typed

MOST_SUMMARY_BYTES = 512 * 1024
"""GitHub refuses the summary of a step above 1 MiB as a whole."""

MOST_ANNOTATIONS = 10
"""How many errors, and how many warnings, GitHub shows of one step."""

_PLAIN = re.compile(r"[^A-Za-z0-9 /.,;=()+-]")
_MOST_MESSAGE = 2000


def step_summary(report: Report) -> str:
    """Return the summary of a step as Markdown, well below GitHub's limit."""
    parts = [*_head(report), *_dialects(report), *_verdicts(report)]
    size = sum(len(one.encode()) for one in parts)
    cases = cases_of(report)
    if cases:
        parts += ["", "| contract | verdict | cause | where | what differs | |", "|---|---|---|---|---|---|"]
    for shown, case in enumerate(cases):
        row = _row(report, case)
        size += len(row.encode()) + 1
        if size > MOST_SUMMARY_BYTES:
            parts += ["", f"... and {len(cases) - shown} more: see the report."]
            break
        parts.append(row)
    return "\n".join([*parts, *_divergences(report)]) + "\n"


def annotations(report: Report) -> list[str]:
    """Return workflow commands: an error for what fails the run, a warning for what is only reported.

    Of each at most ten, as GitHub drops the rest: where there are more, the tenth says how many.
    """
    lenient = report.run.parity == "report"
    found: list[tuple[str, str]] = []
    for case in cases_of(report):
        level = "warning" if lenient and not case.contract.fails else "error"
        found.append((level, _annotation(level, case)))
    found += [("error", _failing(one)) for one in report.contracts if one.verdict == "both-fail"]
    for problem in report.problems:
        level = "warning" if lenient else "error"
        place = {"file": report.divergences_file, "title": f"Diglot: {problem.kind}"}
        found.append((level, _command(level, place, problem.message)))
    return [*_at_most("error", found), *_at_most("warning", found)]


# -- summary ---------------------------------------------------------------------------------------


def _head(report: Report) -> Iterator[str]:
    yield f"### Diglot: {'green' if report.green else 'red'}"
    yield ""
    yield _code(count_line(report))
    accepted = accepted_line(report)
    if accepted:
        yield ""
        yield _text(accepted)


def _dialects(report: Report) -> Iterator[str]:
    yield from ("", "| dialect | version | driver | outcomes |", "|---|---|---|---|")
    for one in report.dialects:
        yield f"| {_text(one.name)} | {_text(one.version)} | {_text(one.driver)} | {_text(counts_of(one))} |"


def _verdicts(report: Report) -> Iterator[str]:
    yield from ("", "| verdict | contracts |", "|---|---|")
    yield from (f"| {name} | {count} |" for name, count in report.verdicts.items() if count)


def _row(report: Report, case: Case) -> str:
    finding = case.finding
    page = report.causes.get(finding.cause) if finding else None
    cause = f"{_code(finding.cause)} {_text(page.title)}" if finding and page else ""
    site = _code(f"{finding.site.file}:{finding.site.line}") if finding and finding.site else ""
    what = _text(one_line(finding.summary, 400)) if finding else _text(case.outcomes)
    others = f"<br>{_text(seen_in(case))}" if len(case.contracts) > 1 else ""
    cells = (_code(one_line(case.contract.id, 400)) + others, _text(case.headline), cause, site, what, _details(case))
    return f"| {' | '.join(cells)} |"


def _details(case: Case) -> str:
    finding = case.finding
    if finding is None:
        return ""
    parts = [f"<summary>{'fix' if finding.fix else 'more'}</summary>"]
    if finding.fix:
        parts.append(f"{_text(finding.fix)}<br>")
    parts += [f"{_text(label)}: <pre>{_text(sql[:MOST_TEXT])}</pre>" for label, sql in sql_of(finding)]
    if finding.sqlite_value or finding.postgresql_value:
        values = {"sqlite": finding.sqlite_value, "postgresql": finding.postgresql_value}
        parts += [f"{DIALECT_TITLES[name]}: {_code(show_typed(one, 400))}<br>" for name, one in values.items()]
    parts.append(f"key: {_code(finding.key)}, direction {_text(finding.direction)}")
    return f"<details>{''.join(parts)}</details>"


def _divergences(report: Report) -> Iterator[str]:
    if report.problems:
        yield from ("", f"#### {_text(report.divergences_file)}", "")
        yield from (f"- {_text(one.kind)}: {_text(one_line(one.message, 400))}" for one in report.problems[:100])


def _text(text: str) -> str:
    """The text as character references, so that it has no structure in Markdown or HTML."""
    return _PLAIN.sub(_reference, text)


def _reference(found: re.Match[str]) -> str:
    character = found[0]
    code = ord(character)
    if code == 0 or (code < 32 and character not in "\n\t"):
        return "&#65533;"
    return f"&#{code};" if code < 128 else character


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>" if text else ""


# -- annotations -----------------------------------------------------------------------------------


def _annotation(level: str, case: Case) -> str:
    finding = case.finding
    contract = case.contract
    site = finding.site if finding and finding.site else None
    place = {
        "file": site.file if site else contract.file,
        "line": str(site.line if site else contract.line),
        "title": f"Diglot: {(finding.cause or finding.kind) if finding else contract.verdict}",
    }
    lines = [f"{contract.id}: {case.headline}"]
    if finding:
        lines += [finding.summary, f"Fix: {finding.fix}" if finding.fix else "", f"key {finding.key}"]
    lines.append(seen_in(case))
    return _command(level, place, "\n".join(one for one in lines if one))


def _failing(contract: Contract) -> str:
    half = next(one for one in contract.halves if one.outcome in {"failed", "error"})
    place = {
        "file": half.site.file if half.site else contract.file,
        "line": str(half.site.line if half.site else contract.line),
        "title": "Diglot: both-fail",
    }
    message = f"{half.failure.name}: {half.failure.message}" if half.failure else half.outcome
    return _command("error", place, f"{contract.id}: fails on both dialects\n{message}")


def _command(level: str, place: dict[str, str], message: str) -> str:
    shown = {name: value for name, value in place.items() if value and (name, value) != ("line", "0")}
    properties = ",".join(f"{name}={_property(value)}" for name, value in shown.items())
    return f"::{level} {properties}::{_data(message[:_MOST_MESSAGE])}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _at_most(level: str, found: list[tuple[str, str]]) -> list[str]:
    commands = [command for its_level, command in found if its_level == level]
    if len(commands) <= MOST_ANNOTATIONS:
        return commands
    shown = commands[: MOST_ANNOTATIONS - 1]
    rest = f"{len(commands) - len(shown)} further {level}s: see the summary of this step, or the report"
    return [*shown, _command(level, {"title": "Diglot"}, rest)]
