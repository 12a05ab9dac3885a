"""`diglot causes`: why the dialects disagree, one page for each cause."""

import argparse
import sys
from difflib import get_close_matches
from typing import Any

from diglot.cli.exits import FALLS_SHORT, OK
from diglot.parity.causes.registry import all_causes, cause_named


def add(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("causes", help="why the dialects disagree: all causes, or one cause's page")
    command.add_argument("name", nargs="?", metavar="NAME", help="as in a report, such as bool-eq-int")
    command.set_defaults(run=_run)


def _run(asked: argparse.Namespace) -> int:
    if asked.name is None:
        causes = sorted(all_causes(), key=lambda one: one.name)
        width = max(len(one.name) for one in causes)
        for one in causes:
            print(f"{one.name:<{width}}  {one.title}")
        return OK
    found = cause_named(asked.name)
    if found is None:
        near = get_close_matches(asked.name, [one.name for one in all_causes()], n=1)
        fix = f"write {near[0]}" if near else "see `diglot causes`"
        print(f"there is no cause {asked.name!r}. Fix: {fix}", file=sys.stderr)
        return FALLS_SHORT
    print(f"# {found.page}\n\nFix: {found.fix}")
    return OK
