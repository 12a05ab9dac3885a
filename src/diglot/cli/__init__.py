"""The command `diglot`: check migrations and schemas, look at the machine, read what runs have said.

Exit codes: 0 all is well, 1 something falls short, 2 the command could not be run.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from diglot.cli import cache, causes, check, doctor, report
from diglot.cli.exits import INTERRUPTED, UNUSABLE
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
    except BrokenPipeError:  # whoever reads has seen enough, as in `diglot check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNUSABLE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="diglot",
        description="Tests on SQLite and on a real, migrated Postgres.",
        epilog="Exit codes: 0 all is well, 1 something falls short, 2 the command could not be run.",
    )
    parser.add_argument("--version", action="version", version=f"diglot {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="{check,doctor,cache,report,causes}")
    for command in (check, doctor, cache, report, causes):
        command.add(commands)
    return parser
