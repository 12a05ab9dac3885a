"""Take out what varies by itself: the cells that a second run of the same test on the same dialect gave otherwise.

A cell is masked for one comparison of one test, never a column for good.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from diglot.parity.align import align
from diglot.parity.trace import Event, Exchange, Row, Statement, Trace
from diglot.parity.values import VOLATILE, Likeness, Volatile, likeness


def mask(first: Trace, second: Trace) -> Trace:
    """Return the first trace with what the second one has otherwise replaced by a value that equals every other.

    A statement that returned another number of rows is left without any, so that its rows are not compared.
    """
    volatile = Volatile.between(first, second)
    partners = {id(one.sqlite): one.postgresql for one in align(first.events, second.events) if one.sqlite is not None}
    events = tuple(_masked(event, partners.get(id(event)), volatile) for event in first.events)
    return replace(first, events=events)


def _masked(event: Event, again: Event | None, volatile: Volatile) -> Event:
    if isinstance(event, Statement) and isinstance(again, Statement):
        likeness(event.parameters, again.parameters, volatile)
        if event.n_rows != again.n_rows:
            return replace(event, columns=None, rows=None)
        if event.rows is not None and again.rows is not None:
            return replace(event, rows=tuple(_rows(event.rows, again.rows, volatile)))
    if isinstance(event, Exchange) and isinstance(again, Exchange):
        return replace(event, body=_json(event.body, again.body, volatile))
    return event


def _rows(rows: tuple[Row, ...], again: tuple[Row, ...], volatile: Volatile) -> Iterator[Row]:
    for row, other in zip(rows, again, strict=False):
        yield tuple(_json(value, counterpart, volatile) for value, counterpart in zip(row, other, strict=False))


def _json(value: Any, again: Any, volatile: Volatile) -> Any:
    """The value with those of its members masked that are not the same again."""
    if isinstance(value, dict) and isinstance(again, dict) and value.keys() == again.keys():
        return {key: _json(member, again[key], volatile) for key, member in value.items()}
    if isinstance(value, list) and isinstance(again, list) and len(value) == len(again):
        return [_json(member, other, volatile) for member, other in zip(value, again, strict=True)]
    return value if likeness(value, again, volatile) is Likeness.SAME else VOLATILE
