"""Pair the events of two traces: the same line of the application doing the same thing."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import groupby

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


_Pair = tuple[Event | None, Event | None]


def _pairs(sqlite: Sequence[Event], postgresql: Sequence[Event]) -> Iterator[_Pair]:
    for matched, one, other in _matched(sqlite, postgresql, _exact):
        if matched:
            yield from zip(one, other, strict=True)
        else:
            yield from _loosely(_merged(one), _merged(other))


def _loosely(sqlite: Sequence[Event], postgresql: Sequence[Event]) -> Iterator[_Pair]:
    """Pair what is left: exactly, now that runs of statements are one, then by place alone."""
    for exact, one, other in _matched(sqlite, postgresql, _exact):
        for matched, left, right in _matched(one, other, _exact if exact else _by_place):
            if matched:
                yield from zip(left, right, strict=True)
            else:
                yield from ((event, None) for event in left)
                yield from ((None, event) for event in right)


_Stretch = tuple[bool, Sequence[Event], Sequence[Event]]


def _matched(
    sqlite: Sequence[Event], postgresql: Sequence[Event], key: Callable[[Event], Hashable]
) -> Iterator[_Stretch]:
    """Yield the stretches whose keys match, event by event, and those between them, which do not."""
    left, right = [key(event) for event in sqlite], [key(event) for event in postgresql]
    if left == right:
        yield True, sqlite, postgresql
        return
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        yield tag == "equal", sqlite[a:b], postgresql[c:d]


def _exact(event: Event) -> Hashable:
    if isinstance(event, Statement):
        return "statement", event.site.file, event.site.line, event.neutral
    return _by_place(event)


def _by_place(event: Event) -> Hashable:
    if isinstance(event, Statement):
        return "statement", event.site.file, event.site.line, event.neutral.partition(" ")[0].upper()
    if isinstance(event, Transaction):
        return "transaction", event.action
    return "exchange", event.method, event.site.file, event.site.line


def _merged(events: Sequence[Event]) -> list[Event]:
    """Make one statement of each run of statements that are the same but for their parameters."""
    merged: list[Event] = []
    for _key, run in groupby(events, key=_exact):
        group = list(run)
        first = group[0]
        if len(group) > 1 and isinstance(first, Statement):
            merged.append(_joined([one for one in group if isinstance(one, Statement)]))
        else:
            merged += group
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
