"""Show the dialects' counts while a long run works, beside pytest's own progress."""

import time
from collections.abc import Callable

import pytest

from diglot.plugin.outcome import TALLY
from diglot.plugin.pairing import CONTRACT
from diglot.settings import DIALECTS

EVERY_S = 30.0
"""Seconds between two lines; a run that is over sooner shows none."""


class Progress:
    """Writes a line of counts now and then, when there is anything new; clock: seconds, from any start."""

    def __init__(self, config: pytest.Config, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._clock = clock
        self._began = self._last = clock()
        self._differ = 0
        self._told: list[str] = []

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write the line when it is time, after everybody else has taken in the report."""
        contract = getattr(report, CONTRACT, None)
        if contract is not None and contract["verdict"] == "differ":
            self._differ += 1
        now = self._clock()
        if report.when == "teardown" and now - self._last >= EVERY_S and self._config.get_verbosity() >= 0:
            self._last = now
            self._write(now - self._began)

    def _write(self, seconds: float) -> None:
        tally = self._config.stash[TALLY]
        parts = [f"{name} {tally.describe(name)}" for name in DIALECTS if tally.collected[name] or tally.ran(name)]
        if self._differ:
            parts.append(f"{self._differ} differ")
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and parts != self._told:
            self._told = parts
            reporter.ensure_newline()
            reporter.write_line(f"diglot: {' | '.join(parts)} after {seconds // 60:.0f}:{seconds % 60:02.0f}")
