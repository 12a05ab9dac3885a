"""Make one half of a contract of each item: its outcome in every phase, its failure, what it did."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

import pytest
from sqlalchemy import Engine

from diglot import client
from diglot.frames import application_frame, application_frame_of
from diglot.isolation.facade import Diglot
from diglot.parity.record import Recorder, failure_of
from diglot.parity.trace import UNKNOWN, Exchange, Failure, Half, Site, Trace
from diglot.plugin.exchange import describe
from diglot.plugin.reversed_order import reversed_order

_RUN = pytest.StashKey["_Run"]()

_WORSE = ("passed", "skipped", "xfailed", "xpassed", "failed", "error")


class Recording:
    """The process's recorder; `reverse` makes SQLite give unordered rows the other way round."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.reverse = False
        self._watched: WeakSet[Engine] = WeakSet()
        client.observers.append(self._observe)

    def close(self) -> None:
        """Stop looking at HTTP."""
        client.observers.remove(self._observe)

    @contextmanager
    def of(self, item: pytest.Item, database: Diglot) -> Generator[None]:
        """Record what happens to a test's database, as the test's trace."""
        if database.engine not in self._watched:
            self._watched.add(database.engine)
            self.recorder.watch(database.engine)
        backwards = self.reverse and database.dialect.name == "sqlite"
        with reversed_order(database.engine, on=backwards):
            self.recorder.start(database.dialect.name)
            try:
                yield
            finally:
                run = _run_of(item)
                run.trace = self.recorder.finish()
                run.version = database.dialect.version

    def _observe(self, response: client.Response) -> None:
        frame = application_frame()

        def exchange() -> Exchange:
            return describe(response, UNKNOWN if frame is None else Site(*frame))

        self.recorder.exchange(exchange)


@dataclass
class _Run:
    """What is known of an item's run so far."""

    outcome: str = "passed"
    phase: str = "call"
    duration_s: float = 0.0
    failure: Failure | None = None
    site: Site = UNKNOWN
    reason: str = ""
    version: str = ""
    trace: Trace | None = None


def forget(item: pytest.Item) -> None:
    """Begin anew with an item."""
    item.stash[_RUN] = _Run()


def note_phase(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Take in how one phase of an item ended."""
    run = _run_of(item)
    run.duration_s += report.duration
    outcome = _outcome(report)
    if _WORSE.index(outcome) <= _WORSE.index(run.outcome):
        return
    run.outcome, run.phase = outcome, report.when
    run.reason = _reason(report)
    if call.excinfo is not None and outcome not in {"skipped", "xfailed"}:
        error: BaseException = call.excinfo.value
        frame = application_frame_of(error)
        run.failure, run.site = failure_of(error), UNKNOWN if frame is None else Site(*frame)


def half_of(item: pytest.Item, contract: str, dialect: str, version: str) -> Half:
    """Return what became of an item that has ended; version: of the dialect, for an item that never got to it."""
    run = _run_of(item)
    path, line, _name = item.location
    return Half(
        contract=contract,
        dialect=dialect,
        version=run.version or version,
        outcome=run.outcome,
        file=path,
        line=(line or 0) + 1,
        duration_s=run.duration_s,
        phase=run.phase,
        failure=run.failure,
        site=run.site,
        reason=run.reason,
        trace=run.trace,
    )


def _run_of(item: pytest.Item) -> _Run:
    return item.stash.setdefault(_RUN, _Run())


def _outcome(report: pytest.TestReport) -> str:
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.failed and report.when != "call":
        return "error"
    if report.failed and isinstance(report.longrepr, str) and report.longrepr.startswith("[XPASS(strict)]"):
        return "xpassed"
    return report.outcome


def _reason(report: pytest.TestReport) -> str:
    reason: Any = getattr(report, "wasxfail", "")
    if not reason and report.skipped and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
    return str(reason)
