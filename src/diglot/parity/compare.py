"""Compare the two runs of one test, event by event, and list what the dialects disagree on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from diglot.parity.align import Paired, align
from diglot.parity.concurrent import compare_concurrent
from diglot.parity.difference import Difference
from diglot.parity.rows import compare_rows
from diglot.parity.trace import Exchange, Half, Statement, Trace, Transaction
from diglot.parity.values import Likeness, Volatile, disagreements, equal, likeness
from diglot.parity.violations import same_failure

_MOST_OF_A_BODY = 3
_CONSEQUENCES = frozenset({"body", "status", "outcome", "transaction", "statement"})
_READING = re.compile(r"\s*(SELECT|WITH|VALUES|SHOW|EXPLAIN|PRAGMA)\b", re.IGNORECASE)


def compare(sqlite: Half, postgresql: Half) -> list[Difference]:
    """List what the two runs of one test disagree on, in the order in which it happened.

    Outcomes are compared as well: where they disagree and no statement says why, there is one difference of
    the kind `outcome`. Halves without a trace are compared by their outcomes alone.
    """
    found: list[Difference] = []
    if sqlite.trace is not None and postgresql.trace is not None:
        concurrent = sqlite.trace.concurrent or postgresql.trace.concurrent
        found += (compare_concurrent if concurrent else _in_order)(sqlite.trace, postgresql.trace)
    found += _outcome(sqlite, postgresql, found)
    return [replace(one, halves=(sqlite, postgresql)) for one in found]


def follows(differences: Iterable[Difference]) -> list[bool]:
    """Say of each difference, in order, whether it is a consequence of one before it.

    What an application answers follows from what its database told it, and so does a statement that was given
    other parameters. Whatever happens after a statement failed, was lost or ran on one dialect only, follows from
    that.
    """
    said: list[bool] = []
    broken = anything = False
    for one in differences:
        said.append(broken or (anything and (one.kind in _CONSEQUENCES or _was_given_other_parameters(one))))
        broken = broken or one.kind in {"error", "error-class", "lost", "statement", "rows"}
        anything = True
    return said


def _in_order(sqlite: Trace, postgresql: Trace) -> Iterator[Difference]:
    volatile = Volatile.between(sqlite, postgresql)
    for paired in align(sqlite.events, postgresql.events):
        yield from _differences(paired, volatile)


def _was_given_other_parameters(difference: Difference) -> bool:
    one, other = difference.statement("sqlite"), difference.statement("postgresql")
    if one is None or other is None or difference.halves is None:
        return False
    traces = [half.trace for half in difference.halves if half.trace is not None]
    volatile = Volatile.between(*traces) if len(traces) == 2 else Volatile()
    return likeness(one.parameters, other.parameters, volatile) is Likeness.VALUE


def _differences(paired: Paired, volatile: Volatile) -> Iterator[Difference]:
    one, other = paired.sqlite, paired.postgresql
    base = Difference("", one, other, position=paired.position)
    if isinstance(one, Statement) and isinstance(other, Statement):
        yield from _statements(base, one, other, volatile)
    elif isinstance(one, Exchange) and isinstance(other, Exchange):
        yield from _exchanges(base, one, other, volatile)
    elif isinstance(other, Transaction) and other.failed is not None:
        yield replace(base, kind="lost")
    elif isinstance(one, Transaction) or isinstance(other, Transaction):
        if not isinstance(one, Transaction) or not isinstance(other, Transaction) or one.action != other.action:
            yield replace(base, kind="transaction")
    elif isinstance(one, Exchange) or isinstance(other, Exchange):
        yield replace(base, kind="status")
    else:
        yield from _alone(base)


def _alone(base: Difference) -> Iterator[Difference]:
    """A statement that one dialect runs and the other does not."""
    statement = base.statement("sqlite") or base.statement("postgresql")
    if statement is not None:
        yield replace(base, kind="error" if statement.failure else "statement")


def _statements(base: Difference, one: Statement, other: Statement, volatile: Volatile) -> Iterator[Difference]:
    if not equal(one.parameters, other.parameters):
        likeness(one.parameters, other.parameters, volatile)  # what is generated is first seen where it is stored
    if one.failure or other.failure:
        if one.failure is None or other.failure is None:
            yield replace(base, kind="error")
        elif not same_failure(one.failure, other.failure):
            yield replace(base, kind="error-class")
        return
    if one.columns is not None and other.columns is not None:
        if one.columns != other.columns:
            yield replace(base, kind="columns", sqlite_value=one.columns, postgresql_value=other.columns)
        yield from compare_rows(base, one, other, volatile)
    elif None not in {one.rowcount, other.rowcount} and one.rowcount != other.rowcount and not _READING.match(one.sql):
        yield replace(base, kind="rowcount", sqlite_value=one.rowcount, postgresql_value=other.rowcount)


def _exchanges(base: Difference, one: Exchange, other: Exchange, volatile: Volatile) -> Iterator[Difference]:
    if one.status != other.status:
        yield replace(base, kind="status", sqlite_value=one.status, postgresql_value=other.status)
        return
    if one.content_type != other.content_type:
        yield replace(
            base, kind="body", path="content-type", sqlite_value=one.content_type, postgresql_value=other.content_type
        )
    seen: set[str] = set()
    for path, left, right, _likeness in disagreements(one.body, other.body, volatile):
        place = re.sub(r"\[\d+\]", "[]", path)
        if place not in seen and len(seen) < _MOST_OF_A_BODY:
            seen.add(place)
            yield replace(base, kind="body", path=path, sqlite_value=left, postgresql_value=right)


def _outcome(sqlite: Half, postgresql: Half, found: list[Difference]) -> Iterator[Difference]:
    """The outcomes' own difference, when they disagree or both fail, each with another error."""
    if "skipped" in {sqlite.outcome, postgresql.outcome} or "xfailed" in {sqlite.outcome, postgresql.outcome}:
        return
    alike = sqlite.failed == postgresql.failed
    if alike and (not sqlite.failed or same_failure(sqlite.failure, postgresql.failure)):
        return
    last = found[-1].position + 1 if found else 0
    yield Difference("outcome", position=last, sqlite_value=sqlite.outcome, postgresql_value=postgresql.outcome)
