"""Cut a long chain into segments that are climbed at the same time.

Each has a database and a process of its own, and gets to where it starts by passing what is below: up alone, with the
same rows. What is found is the same however many there are.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Lock
from typing import TypeVar

Result = TypeVar("Result")

SHORTEST = 30
_MOST = 4
_PASSING = 0.45  # what passing a revision costs, of climbing it


@dataclass(frozen=True)
class Segment:
    """Revisions by their place in the chain. end: the place behind the last one."""

    start: int
    end: int


class Progress:
    """Count what is done in all segments."""

    def __init__(self, tell: Callable[[str], None], name: str, total: int) -> None:
        self._tell, self._name, self._total = tell, name, total
        self._done = 0
        self._lock = Lock()

    def begin(self, what: str) -> None:
        """Tell what is done now, and count it."""
        with self._lock:
            self._done += 1
            self._tell(f"{self._name}: {self._done} of {self._total}, {what}".rstrip())


def cut(length: int, processors: int) -> tuple[Segment, ...]:
    """Return segments that take about as long as each other, none for a processor too many or a short chain."""
    number = max(1, min(processors, _MOST, length // SHORTEST))
    each = length * _PASSING / (1 - (1 - _PASSING) ** number)
    borders = [0.0]
    while len(borders) < number:
        borders.append(borders[-1] * (1 - _PASSING) + each)
    starts = [round(border) for border in borders]
    return tuple(Segment(start, end) for start, end in zip(starts, [*starts[1:], length], strict=True))


def at_once(
    work: Callable[[Segment, Event], Result], segments: Sequence[Segment], abandon: Callable[[], None]
) -> list[Result]:
    """Work on all segments at once; return what came of each, in their order.

    work: has to end soon once the event is set. An error of the first segment that has one is raised, after `abandon`
    has ended what the others wait for.
    """
    stop = Event()
    if len(segments) == 1:
        return [work(segments[0], stop)]
    with ThreadPoolExecutor(len(segments)) as pool:
        futures = [pool.submit(work, segment, stop) for segment in segments]
        try:
            return [future.result() for future in futures]
        except BaseException:
            stop.set()
            abandon()
            raise
