"""`diglot report`: merge the reports of several jobs, and show one."""

import argparse
import datetime as dt
import os
import shutil
from pathlib import Path

from diglot.cli.colour import BOLD, GREEN, RED, YELLOW, coloured, writable
from diglot.cli.exits import FALLS_SHORT, OK
from diglot.errors.parity import DivergencesUnreadable, ReportNamedTwice
from diglot.parity.divergences import Accepted
from diglot.parity.writing import write_more, write_whole
from diglot.report.document import Report
from diglot.report.github import annotations, step_summary
from diglot.report.merge import merge
from diglot.report.page import render
from diglot.report.terminal import section

_FLAGS = {"bold": BOLD, "red": RED, "green": GREEN, "yellow": YELLOW}


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    report = commands.add_parser("report", help="what runs have said: merge it, show it, make a page of it")
    actions = report.add_subparsers(title="actions", required=True, metavar="{merge,html,show}")
    merging = actions.add_parser("merge", help="join the reports of several jobs; exit code 1 when it is not green")
    merging.add_argument("reports", nargs="+", type=Path, metavar="IN.json", help="written by pytest --diglot-report")
    merging.add_argument("-o", "--output", type=Path, metavar="OUT.json", help="write the joint report")
    merging.add_argument("--html", type=Path, metavar="OUT.html", help="write its page")
    merging.add_argument(
        "--divergences", type=Path, metavar="FILE", help="accept what this file accepts, nothing else"
    )
    merging.add_argument("--parity", choices=("strict", "report"), help="as in pytest --parity")
    merging.add_argument("--github", action="store_true", help="annotate files, and write the summary of the step")
    merging.set_defaults(run=_merge)
    paging = actions.add_parser("html", help="write a report's page")
    paging.add_argument("report", type=Path, metavar="IN.json")
    paging.add_argument("output", type=Path, metavar="OUT.html")
    paging.set_defaults(run=_html)
    showing = actions.add_parser("show", help="show a report as pytest does; exit code 1 when it is not green")
    showing.add_argument("report", type=Path, metavar="IN.json")
    showing.set_defaults(run=_show)


def _merge(asked: argparse.Namespace) -> int:
    _refuse_twins(asked.reports)
    reports = {str(path): Report.read(path) for path in asked.reports}
    accepted = _accepted(asked.divergences) if asked.divergences else None
    merged = merge(reports, accepted=accepted, parity=asked.parity, today=dt.datetime.now(dt.UTC).date())
    report = merged.report
    if asked.output:
        report.write(asked.output)
    if asked.html:
        write_whole(asked.html, render(report.to_json()))
    _print(report)
    if merged.by_outcome:
        pairs = "1 pair" if merged.by_outcome == 1 else f"{merged.by_outcome} pairs"
        print(
            f"note: compared by their outcomes alone: {pairs}, as a report keeps traces only "
            f"of what ran on one dialect. Fix: give each dialect a job of its own (--dialect), and merge all at once"
        )
    if asked.github:
        _tell_github(report)
    return OK if report.green else FALLS_SHORT


def _html(asked: argparse.Namespace) -> int:
    write_whole(asked.output, render(Report.read(asked.report).to_json()))
    return OK


def _show(asked: argparse.Namespace) -> int:
    report = Report.read(asked.report)
    _print(report)
    return OK if report.green else FALLS_SHORT


def _print(report: Report) -> None:
    for line in section(report, width=shutil.get_terminal_size().columns):
        text = writable(line.text)
        for flag in line.flags:
            text = coloured(text, _FLAGS[flag])
        print(text)


def _tell_github(report: Report) -> None:
    for command in annotations(report):
        print(writable(command))
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        print(writable(step_summary(report)))
        return
    write_more(Path(path), step_summary(report))


def _accepted(path: Path) -> Accepted:
    if not path.exists():
        raise DivergencesUnreadable(path=str(path), problem="there is no such file")
    return Accepted.read(path)


def _refuse_twins(paths: list[Path]) -> None:
    first: dict[Path, Path] = {}
    for path in paths:
        before = first.setdefault(path.resolve(), path)
        if before is not path:
            raise ReportNamedTwice(path=str(path), first=str(before))
