"""What a person reads: one line for each check, and under it what was found, with the facts and the fix."""

import textwrap
from collections.abc import Iterator

from diglot.checks.finding import CheckRun, Finding
from diglot.checks.run import Report

WIDTH = 100

_SIGNS = {"holds": "ok", "falls-short": "!!", "not-run": "??"}
_INDENT = "    "
_MOST_NOT_DONE = 12
_MOST_LINES = 12


def sign_of(run: CheckRun) -> str:
    """Return `ok`, `!!` (falls short) or `??` (could not run)."""
    return _SIGNS[run.status]


def headline(run: CheckRun) -> str:
    """Return a check's line, without its sign."""
    return f"{run.name:<14} {', '.join(_what(run))}  ({run.seconds:.1f} s)"


def details(run: CheckRun) -> Iterator[str]:
    """Yield the lines below a check's own."""
    if run.error:
        yield from _wrapped(run.error, _INDENT)
    if _is_long(run):
        width = max(len(label) for label, _ in run.outcome.looked_at)
        for label, text in run.outcome.looked_at:
            yield from _fact(label, text, width, _INDENT)
    for finding in run.open_findings:
        yield from finding_lines(finding)
    for reason in run.outcome.not_done[:_MOST_NOT_DONE]:
        yield from _wrapped(f"not looked at: {reason}", _INDENT)
    if len(run.outcome.not_done) > _MOST_NOT_DONE:
        yield f"{_INDENT}not looked at: {len(run.outcome.not_done) - _MOST_NOT_DONE} more (--json has them all)"


def finding_lines(finding: Finding) -> Iterator[str]:
    """Yield a finding's lines: subject, facts, place, fix and key."""
    yield from _wrapped(finding.subject, _INDENT)
    width = max((len(label) for label, _ in finding.facts), default=0)
    for label, text in finding.facts:
        yield from _fact(label, text, width, _INDENT * 2)
    if finding.site:
        yield f"{_INDENT * 2}at {finding.site}"
    yield from _wrapped(f"Fix: {finding.fix}", _INDENT * 2)
    yield f"{_INDENT * 2}[{finding.key}]"


def problem_lines(report: Report) -> Iterator[str]:
    """Yield what is wrong with the file of accepted divergences."""
    for problem in report.problems:
        yield from _wrapped(problem.message, _INDENT)


def closing_line(report: Report) -> str:
    """Return the last line: what the checks came to together."""
    total = len(report.runs)
    short = [one.name for one in report.runs if one.status == "falls-short"]
    missed = [one.name for one in report.runs if one.error]
    accepted = sum(len(one.outcome.findings) - len(one.open_findings) for one in report.runs)
    parts = [f"{total - len(short) - len(missed)} of {total} hold"]
    parts += [f"{len(short)} fall short: {', '.join(short)}"] if short else []
    parts += [f"{len(missed)} could not run: {', '.join(missed)}"] if missed else []
    parts += [f"{_count(accepted, 'finding')} accepted"] if accepted else []
    parts += [f"{len(report.problems)} wrong in the file of accepted divergences"] if report.problems else []
    return "; ".join(parts)


def _what(run: CheckRun) -> list[str]:
    """What a check came to, in parts: what it looked at, and what it found."""
    if run.error:
        return ["could not run"]
    outcome = run.outcome
    accepted = len(outcome.findings) - len(run.open_findings)
    parts = [] if _is_long(run) else _looked_at(run)
    parts += [_count(len(run.open_findings), "finding")] if run.open_findings else []
    parts += [f"{accepted} accepted"] if accepted else []
    return parts or ["not looked at" if outcome.not_done and not outcome.looked_at else "holds"]


def _looked_at(run: CheckRun) -> list[str]:
    return [f"{label} {text}" for label, text in run.outcome.looked_at]


def _is_long(run: CheckRun) -> bool:
    """Whether what was looked at has no room on the check's own line."""
    return len(", ".join(_looked_at(run))) > WIDTH


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _fact(label: str, text: str, width: int, margin: str) -> Iterator[str]:
    indent = f"{margin}{'':<{width}}  "
    lines = [part for line in text.splitlines() for part in (_broken(line, indent) or [indent.rstrip()])]
    shown = lines[:_MOST_LINES] or [indent.rstrip()]
    yield f"{margin}{label:<{width}}{shown[0][len(margin) + width :]}"
    yield from shown[1:]
    if len(lines) > len(shown):
        yield f"{indent}... {len(lines) - len(shown)} more lines"


def _broken(line: str, indent: str) -> list[str]:
    """A line as it is, when it fits: SQL and the caret below it stay in their columns; else broken at blanks."""
    if len(indent) + len(line) <= WIDTH:
        return [indent + line]
    return textwrap.wrap(
        line, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _wrapped(text: str, indent: str) -> list[str]:
    """Break long lines at blanks; a path or a name stays in one piece."""
    return [part for line in text.splitlines() for part in _broken(line, indent)]
