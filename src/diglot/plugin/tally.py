"""Count what ran on each dialect, so that half a run never looks green."""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from diglot.errors.settings import HalfRun
from diglot.settings import DIALECTS

PROPERTY = "diglot_dialect"

_SHOWN = ("failed", "error", "passed", "skipped", "xfailed", "xpassed")


@dataclass
class Tally:
    """Outcomes by dialect; `collected` counts a dialect's tests before any were deselected."""

    collected: Counter[str] = field(default_factory=Counter)
    outcomes: dict[str, Counter[str]] = field(default_factory=lambda: {name: Counter() for name in DIALECTS})

    def add(self, report: pytest.TestReport) -> None:
        """Count one phase's report, when it is a dialect's and says something new."""
        name = dict(report.user_properties).get(PROPERTY)
        outcome = _outcome(report)
        if isinstance(name, str) and name in self.outcomes and outcome is not None:
            self.outcomes[name][outcome] += 1

    def ran(self, name: str) -> int:
        """Return how many of a dialect's tests came to an outcome other than skipped."""
        return sum(count for outcome, count in self.outcomes[name].items() if outcome != "skipped")

    def half_run(self, selected: tuple[str, ...]) -> HalfRun | None:
        """Return what is wrong when a selected dialect has tests and none ran."""
        ran = [name for name in selected if self.ran(name)]
        for name in selected:
            if self.collected[name] and name not in ran:
                return HalfRun(missing=name, collected=self.collected[name], ran=" --dialect ".join(ran))
        return None

    def describe(self, name: str) -> str:
        """Return a dialect's counts, as `2 failed, 410 passed`."""
        counts = self.outcomes[name]
        return ", ".join(f"{counts[one]} {one}" for one in _SHOWN if counts[one]) or "nothing ran"


def _outcome(report: pytest.TestReport) -> str | None:
    if report.when == "call":
        if hasattr(report, "wasxfail"):
            return "xfailed" if report.skipped else "xpassed"
        return report.outcome
    if report.failed:
        return "error"
    return "skipped" if report.when == "setup" and report.skipped else None
