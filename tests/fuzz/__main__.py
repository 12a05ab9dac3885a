"""Try Raptor with made-up requests on each dialect: `python -m tests.fuzz --seed 7 --max-examples 100`."""

import argparse
import os
import sys
import time
from pathlib import Path

from diglot.choice import choose
from diglot.plugin.databases import Databases
from diglot.settings import DIALECTS, load
from tests.fuzz.campaign import PHASES, Caller, Effort, run
from tests.fuzz.excuses import EXCUSES
from tests.fuzz.raptor import ROLES, callers, raptor
from tests.fuzz.report import Campaign, campaign_text, compare

ROOT = Path(__file__).parents[2]


def main(arguments: list[str]) -> int:
    """Return 0 when everything is as described, and alike on both dialects; 1 when not."""
    options = _options(arguments)
    settings = load(ROOT)
    assert settings is not None
    choice = choose(settings, dialects=options.dialect, postgres=options.postgres, environ=os.environ)
    databases = Databases(settings, choice, f"fuzz{os.getpid()}")
    effort = Effort(options.seed, options.max_examples, tuple(options.phase or PHASES))
    _say(f"seed {effort.seed}, {effort.max_examples} examples, {', '.join(effort.phases)}")
    is_clean = True
    try:
        _import_everything(choice.dialects, databases)
        for caller in callers(only=options.operation):
            if caller.name in (options.role or ROLES):
                is_clean &= _try_on_each(choice.dialects, databases, caller, effort)
    finally:
        databases.close()
    _say("everything is as described" if is_clean else "FAILED: the findings are above")
    return 0 if is_clean else 1


def _import_everything(dialects: tuple[str, ...], databases: Databases) -> None:
    """Try a little on each dialect: Hypothesis draws from the literals of the modules that are imported by then."""
    little = Effort(max_examples=1, phases=("fuzzing", "stateful"))
    for dialect in dialects:
        with databases.lend(dialect, "clone") as database, raptor(database, 0) as gate:
            run(gate, callers()[0], little)


def _try_on_each(dialects: tuple[str, ...], databases: Databases, caller: Caller, effort: Effort) -> bool:
    campaigns = []
    for dialect in dialects:
        campaigns.append(_try_on(dialect, databases, caller, effort))
        _say(campaign_text(campaigns[-1]))
    comparisons = [compare(campaigns[0], other) for other in campaigns[1:]]
    for comparison in comparisons:
        _say(f"both dialects, {caller.name}: the first {comparison.alike} exchanges are alike")
        if comparison.difference is not None:
            _say(f"  and the next is not\n{comparison.difference}")
    return all(one.is_clean for one in campaigns) and all(one.difference is None for one in comparisons)


def _try_on(dialect: str, databases: Databases, caller: Caller, effort: Effort) -> Campaign:
    began = time.monotonic()
    with databases.lend(dialect, "clone") as database, raptor(database, effort.seed) as gate:
        outcome = run(gate, caller, effort, excuses=EXCUSES, own=lambda name: gate.id(caller.name, name))
    return Campaign(dialect, caller.name, outcome, gate.exchanges, gate.digest(), time.monotonic() - began)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - a command


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same requests")
    parser.add_argument("--max-examples", type=int, default=25, help="cases of each operation, scenarios of all")
    parser.add_argument("--dialect", action="append", default=[], choices=DIALECTS, help="may be repeated")
    parser.add_argument("--postgres", help="the server, as in pytest's option of this name")
    parser.add_argument("--role", action="append", choices=ROLES, help="may be repeated; default: all")
    parser.add_argument("--operation", default="", help="only operations whose name contains this")
    parser.add_argument("--phase", action="append", choices=PHASES, help="may be repeated; default: all")
    return parser.parse_args(arguments)


def _with_fixed_hashes() -> None:
    """Start again unless sets of text have one order: Schemathesis iterates over them."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        command = [sys.executable, "-m", "tests.fuzz", *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606 - this very program


if __name__ == "__main__":
    _with_fixed_hashes()
    sys.exit(main(sys.argv[1:]))
