"""The command `diglot`: look at the machine, look after what is kept, read what runs have said.

Exit codes: 0 all is well, 1 something falls short, 2 the command could not be run.
"""

import argparse
import sys
from collections.abc import Sequence

from diglot.cli import cache, causes, doctor, report
from diglot.cli.exits import UNUSABLE
from diglot.errors.base import DiglotError
from diglot.version import VERSION


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
    commands = parser.add_subparsers(title="commands", metavar="{doctor,cache,report,causes}")
    for command in (doctor, cache, report, causes):
        command.add(commands)
    return parser
