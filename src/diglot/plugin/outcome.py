"""End a run honestly: the counts of each dialect, and red when one of them did not run."""

import pytest

from diglot.plugin.fixtures import DATABASES
from diglot.plugin.tally import Tally
from diglot.settings import DIALECTS

TALLY = pytest.StashKey[Tally]()
TOLD = pytest.StashKey[bool]()
"""Set when parity's report has the counts, so that they are not said twice."""
COLLECTED = "diglot_collected"


class Outcome:
    """Counts the reports of one run and closes it."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tally = config.stash[TALLY] = Tally()
        self._half: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one phase of one test."""
        self._tally.add(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a green half run red; a worker only reports what it collected."""
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[COLLECTED] = dict(self._tally.collected)
            return
        half = self._tally.half_run(self._config.stash[DATABASES].choice.dialects)
        finished = session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
        if half is not None and finished and not self._excused():
            self._half = str(half)
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what ran on each dialect."""
        databases = self._config.stash[DATABASES]
        names = [name for name in DIALECTS if self._tally.collected[name] and name in databases.choice.dialects]
        if names and not self._config.option.collectonly and not self._config.stash.get(TOLD, False):
            parts = (f"{self._title(name)} {self._tally.describe(name)}" for name in names)
            terminalreporter.write_line(f"diglot: {' | '.join(parts)}")
        if self._half is not None:
            terminalreporter.write_line(self._half, red=True, bold=True)

    def _title(self, name: str) -> str:
        return str(self._config.stash[DATABASES].dialect(name)) if self._tally.ran(name) else name

    def _excused(self) -> bool:
        """A run that only lists, or that repeats the last run's failures, may lack a dialect."""
        option = self._config.option
        return bool(option.collectonly or getattr(option, "lf", False) or getattr(option, "stepwise", False))
