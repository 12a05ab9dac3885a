"""The command `diglot`: look at the machine, look after what is kept.

Exit codes: 0 all is well, 1 something falls short, 2 the command could not be run.
"""

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from diglot.errors.base import DiglotError
from diglot.provision.cachedir import CacheDirectory
from diglot.provision.databases import DatabaseAdmin
from diglot.provision.external import open_server
from diglot.provision.inventory import clear_stored, stored
from diglot.provision.survey import Finding, Survey, look_around, mend
from diglot.settings import Choice, Settings, choose, dialect_of, load
from diglot.version import VERSION

OK, FALLS_SHORT, UNUSABLE = 0, 1, 2

_WIDTH = 80
_GREEN, _RED, _YELLOW, _DIM = "32", "31", "33", "2"
_INDENT = " " * 15


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
    parser = argparse.ArgumentParser(
        prog="diglot",
        description="Tests on SQLite and on a real, migrated Postgres.",
        epilog="Exit codes: 0 all is well, 1 something falls short, 2 the command could not be run.",
    )
    parser.add_argument("--version", action="version", version=f"diglot {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="{doctor,cache}")
    doctor = commands.add_parser("doctor", help="what is found here, what would be used, how to mend what is wrong")
    doctor.add_argument("--json", action="store_true", help="for programs")
    doctor.add_argument("--postgres", metavar="WHICH", help="as in pytest --postgres")
    doctor.add_argument("--fix", action="store_true", help="first remove what dead runs left")
    doctor.set_defaults(run=_doctor)
    cache = commands.add_parser("cache", help="the templates, and the databases of failed tests")
    actions = cache.add_subparsers(title="actions", required=True, metavar="{ls,clear}")
    listing = actions.add_parser("ls", help="list them, the most recently used first")
    listing.set_defaults(run=_list)
    clearing = actions.add_parser("clear", help="remove those whose name or digest begins with NAME, or all")
    which = clearing.add_mutually_exclusive_group()
    which.add_argument("name", nargs="?", metavar="NAME", help="as in `diglot cache ls`, or as in pytest's header")
    which.add_argument("--all", action="store_true", help="the same as no NAME")
    clearing.set_defaults(run=_clear)
    return parser


# -- doctor ----------------------------------------------------------------------------------------


def _doctor(asked: argparse.Namespace) -> int:
    settings, choice = _decide(asked.postgres)
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


def _decide(postgres: str | None) -> tuple[Settings, Choice]:
    settings = load(Path.cwd()) or Settings(Path.cwd())
    return settings, choose(settings, postgres=postgres, environ=os.environ)


def _why(settings: Settings, asked: str | None) -> str:
    """Say what decided which server is used; the order is that of `settings.choose`."""
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
    return f"{_coloured(sign, colour)}{text[2:]}{fix}"


def _sign(finding: Finding) -> tuple[str, str]:
    if finding.ok is None:
        return (" !", _YELLOW) if finding.fix else ("--", _DIM)
    return ("ok", _GREEN) if finding.ok else ("!!", _RED)


def _coloured(text: str, colour: str) -> str:
    wanted = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return f"\033[{colour}m{text}\033[0m" if wanted else text


def _wrapped(text: str) -> str:
    """Break a text at blanks, so that it can be read at 80 columns; a path stays in one piece."""
    lines = [
        textwrap.fill(line, _WIDTH, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    ]
    return "\n".join(lines)


# -- cache -----------------------------------------------------------------------------------------


def _list(_asked: argparse.Namespace) -> int:
    cache = CacheDirectory.default()
    entries = cache.entries()
    for entry in entries:
        print(_row(entry.kind, entry.size, entry.age_s, entry.name))
    print(_sum(len(entries), sum(entry.size for entry in entries), f"in {cache.root}"))
    with _server() as admin:
        if admin is not None:
            databases = stored(admin)
            for one in databases:
                print(_row(one.kind, one.size, one.age_s, one.name))
            print(_sum(len(databases), sum(one.size for one in databases), f"on {admin.place}"))
    return OK


def _clear(asked: argparse.Namespace) -> int:
    removed = [entry.name for entry in CacheDirectory.default().clear(asked.name)]
    in_use: list[str] = []
    with _server() as admin:
        if admin is not None:
            dropped, in_use = clear_stored(admin, asked.name)
            removed += dropped
    for name in removed:
        print(f"removed {name}")
    for name in in_use:
        print(f"{name} is in use and stays. Fix: try again when that run has ended", file=sys.stderr)
    if asked.name and not removed and not in_use:
        print(f"nothing that is kept begins with {asked.name!r}. Fix: see diglot cache ls", file=sys.stderr)
    return FALLS_SHORT if in_use or (asked.name and not removed) else OK


@contextmanager
def _server() -> Iterator[DatabaseAdmin | None]:
    """Yield an administration connection when a server is chosen by URL, else None."""
    _, choice = _decide(None)
    if "://" not in choice.postgres or "postgresql" not in choice.dialects:
        yield None
        return
    with closing(open_server(choice.postgres)) as server:
        yield server.admin


def _row(kind: str, size: int, age_s: float, name: str) -> str:
    return f"{kind:<11} {size / 1e6:>8.1f} MB   {_age(age_s):>8}   {name}"


def _sum(count: int, size: int, where: str) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}, {size / 1e6:.1f} MB {where}"


def _age(seconds: float) -> str:
    for length, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"
