"""The command `diglot`: look at the machine, look after the cache.

Exit codes: 0 all is well, 1 something falls short, 2 the command could not be run.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from diglot.errors.base import DiglotError
from diglot.provision.cachedir import CacheDirectory, Entry
from diglot.provision.survey import Finding, Survey, look_around
from diglot.settings import Settings, choose, load
from diglot.version import VERSION

OK, FALLS_SHORT, UNUSABLE = 0, 1, 2

_SIGNS = {True: ("ok", "32"), False: ("!!", "31"), None: ("--", "2")}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if not hasattr(asked, "run"):
        parser.print_help()
        return UNUSABLE
    try:
        code: int = asked.run(asked)
    except DiglotError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="diglot", description="Tests on SQLite and on a real, migrated Postgres.")
    parser.add_argument("--version", action="version", version=f"diglot {VERSION}")
    commands = parser.add_subparsers(title="commands")
    doctor = commands.add_parser("doctor", help="what is found here, what would be used, how to mend what is wrong")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.add_argument("--postgres", metavar="WHICH", help="as in pytest --postgres")
    doctor.set_defaults(run=_doctor)
    cache = commands.add_parser("cache", help="the cached templates")
    actions = cache.add_subparsers(title="actions", required=True)
    listing = actions.add_parser("ls", help="list them, the most recently used first")
    listing.set_defaults(run=_list)
    clearing = actions.add_parser("clear", help="remove those whose name begins with NAME, or all")
    clearing.add_argument("name", nargs="?", metavar="NAME")
    clearing.set_defaults(run=_clear)
    return parser


def _doctor(asked: argparse.Namespace) -> int:
    settings = load(Path.cwd()) or Settings(Path.cwd())
    choice = choose(settings, postgres=asked.postgres, environ=os.environ)
    by_url = "://" in choice.postgres
    survey = look_around("auto" if by_url else choice.postgres, database_url=choice.postgres if by_url else None)
    if asked.json:
        print(json.dumps({"version": VERSION, **asdict(survey)}, indent=2))
    else:
        _show(survey)
    return OK if survey.usable else FALLS_SHORT


def _show(survey: Survey) -> None:
    print(f"diglot {VERSION}")
    for finding in survey.findings:
        print(_line(finding))
    print(f"would use: {survey.would_use}")


def _line(finding: Finding) -> str:
    sign, colour = _SIGNS[finding.ok]
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        sign = f"\033[{colour}m{sign}\033[0m"
    fix = f"\n               Fix: {finding.fix}" if finding.fix else ""
    return f"{sign} {finding.topic:<11} {finding.fact}{fix}"


def _list(_asked: argparse.Namespace) -> int:
    cache = CacheDirectory.default()
    entries = cache.entries()
    for entry in entries:
        print(_row(entry))
    print(f"{len(entries)} templates, {sum(entry.size for entry in entries) / 1e6:.1f} MB in {cache.root}")
    return OK


def _clear(asked: argparse.Namespace) -> int:
    removed = CacheDirectory.default().clear(asked.name)
    for entry in removed:
        print(f"removed {entry.name}")
    if asked.name and not removed:
        print(f"no template's name begins with {asked.name!r}. Fix: see diglot cache ls", file=sys.stderr)
        return FALLS_SHORT
    return OK


def _row(entry: Entry) -> str:
    return f"{entry.name:<48} {entry.kind:<11} {entry.size / 1e6:>8.1f} MB   {_age(entry.age_s)} ago"


def _age(seconds: float) -> str:
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"
