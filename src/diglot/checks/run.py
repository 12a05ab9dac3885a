"""Run checks one after the other, and say what they came to together."""

import datetime as dt
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from diglot.checks.acceptance import accept, problems_of
from diglot.checks.finding import CheckRun
from diglot.checks.registry import Check
from diglot.checks.workbench import Workbench
from diglot.errors.base import DiglotError
from diglot.errors.checks import CheckBroken
from diglot.parity.divergences import Accepted, DivergenceProblem


@dataclass(frozen=True)
class Report:
    """What several checks came to.

    problems: entries of `divergences.toml` that are no longer right.
    """

    runs: tuple[CheckRun, ...]
    problems: tuple[DivergenceProblem, ...] = ()

    @property
    def could_not_run(self) -> bool:
        """Whether any check could not be run."""
        return any(one.error for one in self.runs)

    @property
    def holds(self) -> bool:
        """Whether every check ran and nothing is open."""
        return not self.problems and all(one.status == "holds" for one in self.runs)


def run_checks(
    checks: Sequence[Check],
    bench: Workbench,
    accepted: Accepted,
    *,
    today: dt.date,
    done: Callable[[CheckRun], None] = lambda _run: None,
) -> Report:
    """Run the checks in their order, and call `done` with each when it has ended.

    One that cannot run keeps no other from running.
    """
    runs = []
    for one in checks:
        runs.append(accept(_run(one, bench), accepted))
        done(runs[-1])
    problems = problems_of(accepted, runs, options=bench.options.given, today=today)
    return Report(tuple(runs), tuple(problems))


def _run(check: Check, bench: Workbench) -> CheckRun:
    started = time.perf_counter()
    bench.tell(f"{check.name}: started")
    try:
        outcome = check.run(bench)
    except DiglotError as error:
        return CheckRun(check.name, error=str(error), seconds=time.perf_counter() - started)
    except Exception as error:  # noqa: BLE001 - one check's fault must not hide what the others found
        where = traceback.extract_tb(error.__traceback__)[-1]
        problem = "".join(traceback.format_exception_only(error)).strip()
        broken = CheckBroken(check=check.name, problem=problem, where=f"{where.filename}:{where.lineno}")
        return CheckRun(check.name, error=str(broken), seconds=time.perf_counter() - started)
    return CheckRun(check.name, outcome, seconds=time.perf_counter() - started)
