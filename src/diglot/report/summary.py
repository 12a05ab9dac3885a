"""Say in one plain sentence what a difference is, from its facts."""

from collections.abc import Callable, Sequence
from typing import Any

from diglot.parity.codec import encode_value
from diglot.parity.difference import Difference
from diglot.parity.trace import Event, Exchange, Failure, Transaction
from diglot.report.shown import DIALECT_TITLES, one_line, show_typed, show_value

_ABORTED = "25P02"
_UNTOLD = "an error that was not recorded"
_ACTIONS = {
    "begin": "a begin",
    "commit": "a commit",
    "rollback": "a rollback",
    "savepoint": "a savepoint",
    "release": "a release of a savepoint",
    "rollback_to": "a rollback to a savepoint",
}
_OPENS = {"begin", "commit", "rollback", "rollback_to"}


def summary_of(difference: Difference) -> str:
    """Return one sentence: what the dialects disagree on, with the facts of both."""
    return _SENTENCES[difference.kind](difference)


def error_text(failure: Failure | None) -> str:
    """Return an error in a few words: the driver's class, the code, the first line of the message."""
    if failure is None:
        return _UNTOLD
    name = failure.driver.rpartition(".")[2] or failure.name
    if failure.driver and failure.code.startswith("SQLITE"):
        return one_line(f"{failure.code}: {failure.first_line}")
    head = f"{name} {failure.code}".strip()
    return one_line(f"{head}: {failure.first_line}" if failure.first_line else head)


def _outcome(one: Difference) -> str:
    failed = [name for name in DIALECT_TITLES if (half := one.half(name)) is not None and half.failed]
    if len(failed) == 2:
        left, right = error_text(one.failure("sqlite")), error_text(one.failure("postgresql"))
        return f"the test fails on both, with different errors: {left} on SQLite, {right} on Postgres"
    if not failed:
        return f"the test is {one.sqlite_value} on SQLite and {one.postgresql_value} on Postgres"
    title = DIALECT_TITLES[failed[0]]
    return f"the test fails on {title} only: {error_text(one.failure(failed[0]))}"


def _error(one: Difference) -> str:
    failed = "sqlite" if one.failure("sqlite") else "postgresql"
    failure = one.failure(failed)
    sentence = f"fails on {DIALECT_TITLES[failed]} only: {error_text(failure)}"
    if failure is not None and failure.code == _ABORTED:
        first = one.first_failed
        if first is not None:
            return (
                f"{sentence}; the transaction was aborted by an earlier statement, "
                f"`{one_line(first.sql)}` at {first.site} ({error_text(first.failure)})"
            )
    return sentence


def _error_class(one: Difference) -> str:
    left, right = error_text(one.failure("sqlite")), error_text(one.failure("postgresql"))
    return f"fails on both, with different errors: {left} on SQLite, {right} on Postgres"


def _lost(one: Difference) -> str:
    event = one.postgresql
    failed = event.failed if isinstance(event, Transaction) and event.failed else "not known"
    return (
        "the commit kept the work on SQLite and Postgres turned it into a rollback: lost data; "
        f"first failed statement: {one_line(failed, 400)}"
    )


def _rows(one: Difference) -> str:
    left, right = one.statement("sqlite"), one.statement("postgresql")
    counts = f"{_count(left.n_rows if left else 0, 'row')} on SQLite and {right.n_rows if right else 0} on Postgres"
    alone = [
        f"only {title} has {show_value(encode_value(one.value(name)))}"
        for name, title in DIALECT_TITLES.items()
        if one.value(name) is not None
    ]
    return "; ".join([f"returns {counts}", *alone])


def _value(one: Difference) -> str:
    show = show_value if one.types[0] == one.types[1] else show_typed
    return f"column `{one.column}` is {_both(one, show)}{_in_row(one)}"


def _type(one: Difference) -> str:
    return f"column `{one.column}` is {_both(one, show_typed)}{_in_row(one)}"


def _in_row(one: Difference) -> str:
    return f" (row {one.row + 1})" if one.row else ""


def _order(one: Difference) -> str:
    statement = one.statement("sqlite")
    rows = _count(statement.n_rows, "row") if statement else "rows"
    return f"the same {rows} come in another order: row {one.row + 1} is {_both(one, show_value)}"


def _columns(one: Difference) -> str:
    left, right = (_names(value) for value in (one.sqlite_value, one.postgresql_value))
    return f"the columns are called {left} on SQLite and {right} on Postgres"


def _names(value: Sequence[Any] | None) -> str:
    return one_line(", ".join(f"`{name}`" for name in value or ()), 160)


def _rowcount(one: Difference) -> str:
    return f"changes {_count(one.sqlite_value or 0, 'row')} on SQLite and {one.postgresql_value or 0} on Postgres"


def _statement(one: Difference) -> str:
    return f"runs on {_only(one)} only: `{one_line(one.sql())}`"


def _status(one: Difference) -> str:
    exchange = _exchange(one)
    if one.sqlite is None or one.postgresql is None:
        return f"{exchange} is asked on {_only(one)} only"
    return f"{exchange} answers {one.sqlite_value} on SQLite and {one.postgresql_value} on Postgres"


def _body(one: Difference) -> str:
    subject = f"`{one.path}`" if one.path.startswith("$") else f"the {one.path or 'body'}"
    show = show_value if one.types[0] == one.types[1] else show_typed
    return f"in the answer to {_exchange(one)}, {subject} is {_both(one, show)}"


def _transaction(one: Difference) -> str:
    actions = [_action(event) for event in (one.sqlite, one.postgresql)]
    if all(actions):
        return f"the transaction ends with {actions[0]} on SQLite and {actions[1]} on Postgres"
    return f"{actions[0] or actions[1]} happens on {_only(one)} only"


def _action(event: Event | None) -> str:
    return _ACTIONS.get(event.action, event.action) if isinstance(event, Transaction) else ""


def _only(one: Difference) -> str:
    return DIALECT_TITLES["sqlite" if one.postgresql is None else "postgresql"]


def _exchange(one: Difference) -> str:
    event = one.postgresql or one.sqlite
    return one_line(f"{event.method} {event.path}", 100) if isinstance(event, Exchange) else "the request"


def _both(one: Difference, show: Callable[..., str]) -> str:
    left, right = show(encode_value(one.sqlite_value)), show(encode_value(one.postgresql_value))
    return f"{left} on SQLite and {right} on Postgres"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


_SENTENCES: dict[str, Callable[[Difference], str]] = {
    "outcome": _outcome,
    "error": _error,
    "error-class": _error_class,
    "lost": _lost,
    "rows": _rows,
    "value": _value,
    "type": _type,
    "order": _order,
    "columns": _columns,
    "rowcount": _rowcount,
    "statement": _statement,
    "status": _status,
    "body": _body,
    "transaction": _transaction,
}
