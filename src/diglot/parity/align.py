"""Pair the events of two traces: the same line of the application doing the same thing."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from typing import TypeVar

from diglot.parity.trace import Event, Statement, Transaction


@dataclass(frozen=True)
class Paired:
    """One event of each dialect, or of one only; position counts from 0 along both traces."""

    sqlite: Event | None
    postgresql: Event | None
    position: int


def align(sqlite: Sequence[Event], postgresql: Sequence[Event]) -> list[Paired]:
    """Pair two sequences of events, in order.

    Events are paired by place and neutral SQL; what is left between two pairs is paired by place alone,
    since an application may write a statement differently for each dialect. A statement that one dialect
    runs row by row, and the other for all rows at once, is first made one.
    """
    found = list(_pairs(sqlite, postgresql))
    return [Paired(one, other, position) for position, (one, other) in enumerate(found)]


_END = "end"
_Pair = tuple[Event | None, Event | None]
_Run = list[Event]
_Item = TypeVar("_Item")


def _pairs(sqlite: Sequence[Event], postgresql: Sequence[Event]) -> Iterator[_Pair]:
    if [_exact(event) for event in sqlite] == [_exact(event) for event in postgresql]:
        yield from zip(sqlite, postgresql, strict=True)
        return
    for matched, one, other in _matched(_runs(sqlite), _runs(postgresql), lambda run: _exact(run[0])):
        if matched:
            for left, right in zip(one, other, strict=True):
                yield from _run_with_run(left, right)
        else:
            yield from _by_place_alone(_merged(one), _merged(other))


def _run_with_run(sqlite: _Run, postgresql: _Run) -> Iterator[_Pair]:
    """Pair two runs of the same thing: one by one, or as a whole when one dialect did it more often."""
    if len(sqlite) == len(postgresql):
        yield from zip(sqlite, postgresql, strict=True)
    else:
        yield from zip_longest(_merged([sqlite]), _merged([postgresql]))


def _by_place_alone(sqlite: Sequence[Event], postgresql: Sequence[Event]) -> Iterator[_Pair]:
    for matched, one, other in _matched(sqlite, postgresql, _by_place):
        if matched:
            yield from zip(one, other, strict=True)
        else:
            yield from ((event, None) for event in one)
            yield from ((None, event) for event in other)


def _matched(
    sqlite: Sequence[_Item], postgresql: Sequence[_Item], key: Callable[[_Item], Hashable]
) -> Iterator[tuple[bool, Sequence[_Item], Sequence[_Item]]]:
    """Yield the stretches whose keys match, item by item, and those between them, which do not."""
    left, right = [key(one) for one in sqlite], [key(one) for one in postgresql]
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        yield tag == "equal", sqlite[a:b], postgresql[c:d]


def _runs(events: Sequence[Event]) -> list[_Run]:
    """Put together what stands side by side and is the same but for its parameters."""
    return [list(group) for _key, group in groupby(events, key=_exact)]


def _exact(event: Event) -> Hashable:
    if isinstance(event, Statement):
        return "statement", event.site.file, event.site.line, event.neutral
    return _by_place(event)


def _by_place(event: Event) -> Hashable:
    if isinstance(event, Statement):
        return "statement", event.site.file, event.site.line, event.neutral.partition(" ")[0].upper()
    if isinstance(event, Transaction):
        return "transaction", _END if event.action in {"commit", "rollback"} else event.action
    return "exchange", event.method, event.site.file, event.site.line


def _merged(runs: Sequence[_Run]) -> list[Event]:
    """Make one statement of each run of statements; other events stay as many as they are."""
    merged: list[Event] = []
    for run in runs:
        statements = [one for one in run if isinstance(one, Statement)]
        merged += [_joined(statements)] if len(statements) > 1 else run
    return merged


def _joined(group: Sequence[Statement]) -> Statement:
    first = group[0]
    counts = [one.rowcount for one in group if one.rowcount is not None]
    return replace(
        first,
        parameters=[one.parameters for one in group],
        many=True,
        rowcount=sum(counts) if len(counts) == len(group) else None,
        rows=None if first.rows is None else tuple(row for one in group for row in one.rows or ()),
        n_rows=sum(one.n_rows for one in group),
        failure=next((one.failure for one in group if one.failure is not None), None),
        duration_s=sum(one.duration_s for one in group),
    )
