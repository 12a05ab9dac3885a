"""`diglot doctor`: what is found on this machine, what would be used, and how to mend what is wrong."""

import argparse
import json
import os
import textwrap
from dataclasses import asdict, replace
from pathlib import Path

from diglot.choice import dialect_of
from diglot.cli.colour import DIM, GREEN, RED, YELLOW, coloured
from diglot.cli.decision import decide
from diglot.cli.exits import FALLS_SHORT, OK
from diglot.provision.survey import Finding, Survey, look_around, mend
from diglot.settings import Settings, load
from diglot.version import VERSION

_WIDTH = 80
_INDENT = " " * 15


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    doctor = commands.add_parser("doctor", help="what is found here, what would be used, how to mend what is wrong")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.add_argument("--postgres", metavar="WHICH", help="as in pytest --postgres")
    doctor.add_argument("--fix", action="store_true", help="first remove what dead runs left")
    doctor.set_defaults(run=_doctor)


def _doctor(asked: argparse.Namespace) -> int:
    settings, choice = decide(asked.postgres)
    wanted = choice.postgres if "postgresql" in choice.dialects or asked.postgres else None
    removed = mend(wanted) if asked.fix else []
    found = look_around(wanted, settings.driver)
    survey = replace(found, findings=[*_told(settings), *found.findings])
    why = _why(settings, asked.postgres)
    if asked.json:
        report = {"version": VERSION, "removed": removed, "why": why, **asdict(survey)}
        print(json.dumps(report, indent=2))
    else:
        _show(survey, why, removed)
    return OK if survey.usable else FALLS_SHORT


def _why(settings: Settings, asked: str | None) -> str:
    """Say what decided which server is used; the order is that of `choice.choose`."""
    url_dialect = dialect_of(os.environ.get("DATABASE_URL", ""))
    if asked:
        return "--postgres says so"
    if os.environ.get("DIGLOT_POSTGRES"):
        return "DIGLOT_POSTGRES says so"
    if url_dialect:
        return "DATABASE_URL says so"
    if settings.postgres != "auto":
        return "[tool.diglot] postgres says so"
    return "nobody said anything else, and bundled binaries come before installed ones"


def _told(settings: Settings) -> list[Finding]:
    """What the project and the environment say."""
    found = [Finding("settings", str(settings.path))]
    if load(Path.cwd()) is None:
        found = [Finding("settings", "no [tool.diglot] here, so pytest runs without Diglot")]
    url = os.environ.get("DATABASE_URL", "")
    if url and dialect_of(url) is None:
        fix = "name postgresql:// or sqlite://, or unset it"
        found.append(Finding("url", "DATABASE_URL names neither Postgres nor SQLite, and is ignored", fix=fix))
    return found


def _show(survey: Survey, why: str, removed: list[str]) -> None:
    print(f"diglot {VERSION}")
    for one in removed:
        print(f"removed {one}")
    for finding in survey.findings:
        print(_lines(finding))
    print(_wrapped(f"{'would use':<15}{survey.would_use}"))
    print(_wrapped(f"{'because':<15}{why}"))


def _lines(finding: Finding) -> str:
    sign, colour = _sign(finding)
    text = _wrapped(f"   {finding.topic:<11} {finding.fact}")
    fix = f"\n{_wrapped(f'{_INDENT}Fix: {finding.fix}')}" if finding.fix else ""
    return f"{coloured(sign, colour)}{text[2:]}{fix}"


def _sign(finding: Finding) -> tuple[str, str]:
    if finding.ok is None:
        return (" !", YELLOW) if finding.fix else ("--", DIM)
    return ("ok", GREEN) if finding.ok else ("!!", RED)


def _wrapped(text: str) -> str:
    """Break a text at blanks, so that it can be read at 80 columns; a path stays in one piece."""
    lines = [
        textwrap.fill(line, _WIDTH, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    ]
    return "\n".join(lines)
