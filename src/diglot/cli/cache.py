"""`diglot cache`: the templates, and the databases of failed tests."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager

from diglot.cli.decision import decide
from diglot.cli.exits import FALLS_SHORT, OK
from diglot.provision.cachedir import CacheDirectory
from diglot.provision.databases import DatabaseAdmin
from diglot.provision.external import open_server
from diglot.provision.inventory import clear_stored, stored


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the parser."""
    cache = commands.add_parser("cache", help="the templates, and the databases of failed tests")
    actions = cache.add_subparsers(title="actions", required=True, metavar="{ls,clear}")
    listing = actions.add_parser("ls", help="list them, the most recently used first")
    listing.set_defaults(run=_list)
    clearing = actions.add_parser("clear", help="remove those whose name or digest begins with NAME, or all")
    which = clearing.add_mutually_exclusive_group()
    which.add_argument("name", nargs="?", metavar="NAME", help="as in `diglot cache ls`, or as in pytest's header")
    which.add_argument("--all", action="store_true", help="the same as no NAME")
    clearing.set_defaults(run=_clear)


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
    _, choice = decide(None)
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
