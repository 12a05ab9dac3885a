"""What a program reads: the same as JSON, whose shape `schema.json` states."""

from typing import Any

from diglot.checks.finding import CheckRun, Finding
from diglot.checks.run import Report
from diglot.version import VERSION

SCHEMA = 1


def document(report: Report, server: str) -> dict[str, Any]:
    """Return the report as JSON can hold it; server: how the header shows it, "" when none was needed."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "server": server,
        "holds": report.holds,
        "checks": [_check(one) for one in report.runs],
        "problems": [one.to_json() for one in report.problems],
    }


def _check(run: CheckRun) -> dict[str, Any]:
    return {
        "name": run.name,
        "status": run.status,
        "seconds": round(run.seconds, 3),
        "error": run.error or None,
        "looked_at": [{"label": label, "text": text} for label, text in run.outcome.looked_at],
        "not_done": list(run.outcome.not_done),
        "findings": [_finding(one) for one in run.outcome.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    accepted = finding.accepted
    return {
        "key": finding.key,
        "kind": finding.kind,
        "direction": finding.direction,
        "contract": finding.contract,
        "subject": finding.subject,
        "facts": [{"label": label, "text": text} for label, text in finding.facts],
        "fix": finding.fix,
        "site": finding.site or None,
        "accepted": None if accepted is None else {"reason": accepted.reason, "expires": accepted.expires},
    }
