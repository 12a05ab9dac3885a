"""What parity costs: the contract suite with `--parity report` against the same suite with `--parity off`.

The two take turns, warm, each a process of its own, on both dialects. What differs is run again, which is part of
the price; the suite without anything that differs is timed as well.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from figures import HEADER, Figure, ratio

ROOT = Path(__file__).parents[1]
ROUNDS = 7
WITHOUT_DIFFERENCES = ("--ignore", "tests/contract/app")


def main() -> None:
    """Print the table, the ratios pair by pair, and what was aimed at."""
    print(f"Raptor's contract suite on both dialects, whole process, warm, {ROUNDS} rounds")
    print(HEADER)
    for title, options in (("suite", ()), ("suite without what differs", WITHOUT_DIFFERENCES)):
        _compare(title, options)


def _compare(title: str, options: tuple[str, ...]) -> None:
    times: dict[str, list[float]] = {"off": [], "report": []}
    _run("off", options)
    for number in range(ROUNDS):
        for mode in ("off", "report") if number % 2 else ("report", "off"):
            times[mode].append(_run(mode, options))
    off, report = (Figure(f"{title}, --parity {mode}", seconds) for mode, seconds in times.items())
    for figure in (off, report):
        print(figure.row("ms", 1e3))
    pairs = sorted(one / other for one, other in zip(report.times_s, off.times_s, strict=True))
    print(ratio(f"{title}: report over off, medians", report.median_s, off.median_s, "at most 1.25x"))
    print(f"{'pair by pair: min, median, max':<60} {pairs[0]:>8.2f}x {pairs[len(pairs) // 2]:.2f}x {pairs[-1]:.2f}x\n")


def _run(mode: str, options: tuple[str, ...]) -> float:
    """Run the suite; return its seconds; end the benchmark with pytest's words when it is red."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/contract"]
    ignored = ("--ignore", "tests/contract/differential", "--parity", mode, *options)
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "DIGLOT_P"))}
    started = time.perf_counter()
    done = subprocess.run([*command, *ignored], cwd=ROOT, env=environ, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
