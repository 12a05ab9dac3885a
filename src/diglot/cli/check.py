"""`diglot check`: migrations, the two schemas and every statement, held against a real Postgres."""

import argparse
import datetime as dt
import json
import signal
import sys
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from diglot.checks.acceptance import update_divergences
from diglot.checks.document import document
from diglot.checks.finding import CheckRun
from diglot.checks.options import Options
from diglot.checks.registry import ALL, chosen
from diglot.checks.run import run_checks
from diglot.checks.shown import closing_line, details, headline, problem_lines, sign_of
from diglot.checks.workbench import Workbench
from diglot.cli.colour import DIM, GREEN, RED, YELLOW, coloured, writable
from diglot.cli.decision import decide
from diglot.cli.exits import FALLS_SHORT, OK, UNUSABLE
from diglot.cli.progress import Progress
from diglot.errors.settings import SettingsMissing
from diglot.parity.divergences import Accepted
from diglot.provision.postgres import PostgresServer, open_bare_postgres
from diglot.settings import load

_COLOURS = {"ok": GREEN, "!!": RED, "??": YELLOW}


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "check",
        help="migrations, the two schemas and every statement, held against a real Postgres",
        epilog="Exit codes: 0 all of it holds, 1 something falls short, 2 something could not be run.",
    )
    command.add_argument("names", nargs="*", metavar="CHECK", help=f"which; `{ALL}`, or none, is all of them")
    command.add_argument("--list", action="store_true", help="say which checks there are; with names, their pages")
    command.add_argument("--json", action="store_true", help="for programs")
    command.add_argument("--postgres", metavar="WHICH", help="as in pytest --postgres")
    command.add_argument(
        "--traced", metavar="FILE", type=Path, help="statements recorded by pytest --diglot-statements FILE"
    )
    command.add_argument(
        "--data", metavar="FILE", type=Path, help="a SQLite file whose rows are to move; it is read, never written"
    )
    command.add_argument(
        "--update-divergences",
        action="store_true",
        help="accept what is found, each with a reason that is still to be given; drop what is no longer found",
    )
    command.set_defaults(run=_run)


def _run(asked: argparse.Namespace) -> int:
    if asked.list:
        return _list(asked.names)
    checks = chosen(asked.names)
    settings, choice = decide(asked.postgres)
    if load(Path.cwd()) is None:
        raise SettingsMissing(path=str(settings.path), key="[tool.diglot]")
    accepted = Accepted.read(settings.root / settings.divergences)
    options = Options(traced=asked.traced, data=asked.data)
    progress = Progress(sys.stderr)
    servers: list[PostgresServer] = []
    sys.path.insert(0, str(settings.root))
    signal.signal(signal.SIGTERM, _end)

    errors: dict[str, str] = {}

    def done(run: CheckRun) -> None:
        progress.clear()
        if not asked.json:
            _show(run, first=errors.setdefault(run.error, run.name))

    with ExitStack() as opened:

        def open_server() -> PostgresServer:
            servers.append(opened.enter_context(closing(open_bare_postgres(settings, choice, "check"))))
            return servers[0]

        with closing(Workbench(settings, open_server, options, progress.tell)) as bench:
            report = run_checks(checks, bench, accepted, today=dt.datetime.now(dt.UTC).date(), done=done)
        server = servers[0].describe() if servers else ""
    if asked.update_divergences:
        update_divergences(accepted, report.runs, options=options.given)
        print(f"{accepted.path.name} is up to date; each new entry needs its reason", file=sys.stderr)
    if asked.json:
        print(json.dumps(document(report, server), indent=2))
    else:
        for line in (*problem_lines(report), *([f"on {server}"] if server else []), closing_line(report)):
            print(writable(line))
    if report.could_not_run:
        return UNUSABLE
    return OK if report.holds else FALLS_SHORT


def _list(names: Sequence[str]) -> int:
    for one in chosen(names):
        print(f"# {one.name}\n\n{one.page}\n" if names else f"{one.name:<14}  {one.title}")
    return OK


def _show(run: CheckRun, *, first: str) -> None:
    """Show a check; first: the name of the first one that had the same error, which is not told twice."""
    sign = sign_of(run)
    print(f"{coloured(sign, _COLOURS[sign])}  {writable(headline(run))}")
    if run.error and first != run.name:
        print(f"    {run.error.partition(':')[0]}, as told under {first}")
        return
    for line in details(run):
        print(coloured(writable(line), DIM) if line.lstrip().startswith("not looked at") else writable(line))


def _end(_signal: int, _frame: object) -> None:
    """Leave by the way that drops databases and ends the chain's process."""
    sys.exit(128 + signal.SIGTERM)
