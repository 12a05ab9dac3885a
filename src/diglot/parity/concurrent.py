"""Compare two runs in which several threads used the database at once, whose order is a matter of chance.

What can be said whatever the order: which statements failed, which commits lost data, which answers were given.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace

from diglot.parity.difference import Difference
from diglot.parity.trace import Event, Exchange, Statement, Trace, Transaction
from diglot.parity.violations import violation


def compare_concurrent(sqlite: Trace, postgresql: Trace) -> Iterator[Difference]:
    """Yield what one dialect alone did: failures by place and kind, answers by request and status, lost commits."""
    for kind, key in (("error", _failure), ("status", _answer)):
        yield from _one_sided(kind, key, sqlite, postgresql)
    for event in postgresql.events:
        if isinstance(event, Transaction) and event.failed is not None:
            yield Difference("lost", postgresql=event)


def _one_sided(kind: str, key: Callable[[Event], Hashable], sqlite: Trace, postgresql: Trace) -> Iterator[Difference]:
    left, right = ({key(event): event for event in trace.events if key(event)} for trace in (sqlite, postgresql))
    base = Difference(kind)
    yield from (replace(base, sqlite=event) for found, event in left.items() if found not in right)
    yield from (replace(base, postgresql=event) for found, event in right.items() if found not in left)


def _failure(event: Event) -> Hashable:
    if not isinstance(event, Statement) or event.failure is None:
        return None
    return event.site.place, event.failure.name, violation(event.failure)


def _answer(event: Event) -> Hashable:
    return (event.method, event.site.place, event.status) if isinstance(event, Exchange) else None
