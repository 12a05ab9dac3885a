"""Differences that are made by hand: what a matcher would be asked, without a database."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from diglot.parity.difference import Difference
from diglot.parity.trace import UNKNOWN, Event, Failure, Half, Row, Statement, Trace

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC).replace(tzinfo=None)
BEGAN_AT = NOW.replace(tzinfo=dt.UTC).timestamp()


def ran(sql: str, rows: Sequence[Row] | None = None, columns: str = "", parameters: Any = None) -> Statement:
    """A statement that ran; columns: their names, separated by spaces."""
    return Statement(
        sql,
        sql,
        parameters,
        UNKNOWN,
        rows=None if rows is None else tuple(rows),
        columns=tuple(columns.split()) if columns else None,
        n_rows=len(rows or ()),
    )


def failed(sql: str, code: str, message: str, name: str = "ProgrammingError") -> Statement:
    """A statement that a database refused."""
    return Statement(sql, sql, None, UNKNOWN, failure=Failure(name, message, "driver.Error", code))


def seen(
    kind: str,
    sqlite: Event | None,
    postgresql: Event | None,
    before: Sequence[Event] = (),
    postgresql_before: Sequence[Event] | None = None,
    **facts: Any,
) -> Any:
    """A difference between two statements; before: what happened on both, or on SQLite when Postgres has its own."""
    runs = {
        "sqlite": (before, sqlite),
        "postgresql": (before if postgresql_before is None else postgresql_before, postgresql),
    }
    halves = tuple(
        Half("test", dialect, "1", "passed", trace=Trace(dialect, (*events, *([last] if last else ())), BEGAN_AT))
        for dialect, (events, last) in runs.items()
    )
    return Difference(kind, sqlite, postgresql, halves=halves, **facts)


def only_postgresql(sql: str, code: str, message: str, before: Sequence[Event] = ()) -> Any:
    """A statement that Postgres alone refused."""
    return seen("error", ran(sql), failed(sql, code, message), before)


def only_sqlite(sql: str, message: str, code: str = "SQLITE_ERROR", before: Sequence[Event] = ()) -> Any:
    """A statement that SQLite alone refused."""
    return seen("error", failed(sql, code, message, "OperationalError"), ran(sql), before)


def reordered(sql: str, columns: str, sqlite: Sequence[Row], postgresql: Sequence[Row]) -> Any:
    """The same rows in another order."""
    return seen("order", ran(sql, sqlite, columns), ran(sql, postgresql, columns))


def other_value(sql: str, column: str, sqlite: Any, postgresql: Any, before: Sequence[Event] = ()) -> Any:
    """One cell, in a result of one column, that has another value."""
    one, other = ran(sql, [(sqlite,)], column), ran(sql, [(postgresql,)], column)
    return seen("value", one, other, before, column=column, sqlite_value=sqlite, postgresql_value=postgresql)


def more_on(dialect: str, sql: str, parameters: Any = None) -> Any:
    """A statement that found one row more on one dialect."""
    rows = {"sqlite": [(1,)] * (1 + (dialect == "sqlite")), "postgresql": [(1,)] * (1 + (dialect == "postgresql"))}
    one, other = (ran(sql, rows[name], "n", parameters) for name in ("sqlite", "postgresql"))
    return seen("rows", one, other)


def broken(dialect: str, name: str, message: str, before: Sequence[Event] = ()) -> Difference:
    """A test whose own code failed on one dialect."""
    halves = tuple(
        Half(
            "test",
            side,
            "1",
            "failed" if side == dialect else "passed",
            failure=Failure(name, message) if side == dialect else None,
            trace=Trace(side, tuple(before), BEGAN_AT),
        )
        for side in ("sqlite", "postgresql")
    )
    return Difference("outcome", halves=halves)  # type: ignore[arg-type]  # a tuple of two
