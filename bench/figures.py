"""Print measured figures: median, minimum and maximum of several runs, and ratios."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """The times of one thing, in seconds, in the order of the runs."""

    name: str
    times_s: Sequence[float]

    @property
    def median_s(self) -> float:
        """The middle of the times."""
        return statistics.median(self.times_s)

    def row(self, unit: str, scale: float) -> str:
        """Return one line of a table, in `unit`s of which `scale` make a second."""
        middle, low, high = (one * scale for one in (self.median_s, min(self.times_s), max(self.times_s)))
        return f"{self.name:<44} {middle:>10.1f} {low:>10.1f} {high:>10.1f} {unit:>4} {len(self.times_s):>6}"


HEADER = f"{'':<44} {'median':>10} {'min':>10} {'max':>10} {'':>4} {'runs':>6}"


def ratio(name: str, above: float, below: float, aim: str) -> str:
    """Return one line that sets two medians into relation, with what was aimed at."""
    return f"{name:<60} {above / below:>8.2f}x   (aim: {aim})"


def difference(name: str, above: Figure, below: Figure, aim: str) -> str:
    """Return one line with the differences of pairs of runs, in milliseconds: median, minimum, maximum."""
    pairs = [(one - other) * 1e3 for one, other in zip(above.times_s, below.times_s, strict=True)]
    return f"{name:<44} {statistics.median(pairs):>10.1f} {min(pairs):>10.1f} {max(pairs):>10.1f}   ms   (aim: {aim})"
