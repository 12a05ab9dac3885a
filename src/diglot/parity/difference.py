"""What the two dialects disagree on: one difference, seen in one pair of halves."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from diglot.parity.trace import UNKNOWN, Event, Exchange, Failure, Half, Row, Site, Statement, Transaction
from diglot.parity.value_codec import Opaque

KINDS = {
    "outcome": "the test passes on one dialect and fails on the other, or fails with different errors",
    "error": "a statement fails on one dialect only",
    "error-class": "a statement fails on both dialects, with errors that an application would tell apart",
    "lost": "a commit kept what a transaction did on one dialect and lost it on the other",
    "rows": "a statement returns another number of rows",
    "value": "a cell has another value",
    "type": "a cell has the same value and another Python type",
    "order": "the same rows come in another order",
    "columns": "a result has columns of other names",
    "rowcount": "a statement changes another number of rows",
    "statement": "a statement runs on one dialect only",
    "status": "an HTTP answer has another status",
    "body": "an HTTP answer has another body",
    "transaction": "a transaction ends in another way",
}
"""Every kind of difference, and what it means."""


@dataclass(frozen=True)
class Difference:
    """One thing on which the dialects disagree.

    sqlite, postgresql: the events that were compared; None where one dialect has no such event.
    column: the column's name, for `value` and `type`; path: the place in a JSON body (`$.bars[0].close`).
    sqlite_value, postgresql_value: the two values that disagree (row tuples for `rows` and `order`).
    row: the index of the first row that disagrees, counting from 0.
    position: the place in the sequence of aligned events, so that what came first is told from what followed.
    halves: the two runs, for what happened around it.
    """

    kind: str
    sqlite: Event | None = None
    postgresql: Event | None = None
    column: str = ""
    path: str = ""
    row: int = 0
    sqlite_value: Any = None
    postgresql_value: Any = None
    position: int = 0
    halves: tuple[Half, Half] | None = None

    # -- what matchers ask ---------------------------------------------------------------------

    def event(self, dialect: str) -> Event | None:
        """Return the dialect's event."""
        return self.sqlite if dialect == "sqlite" else self.postgresql

    def statement(self, dialect: str) -> Statement | None:
        """Return the dialect's event when it is a statement."""
        event = self.event(dialect)
        return event if isinstance(event, Statement) else None

    def failure(self, dialect: str) -> Failure | None:
        """Return what failed on the dialect: the statement, or for `outcome` the whole test."""
        statement = self.statement(dialect)
        if statement is not None and statement.failure is not None:
            return statement.failure
        half = self.half(dialect)
        if self.kind == "outcome" and half is not None and half.failed:
            return half.failure
        return None

    def half(self, dialect: str) -> Half | None:
        """Return the dialect's run of the test."""
        if self.halves is None:
            return None
        return self.halves[0] if dialect == "sqlite" else self.halves[1]

    def value(self, dialect: str) -> Any:
        """Return the dialect's value."""
        return self.sqlite_value if dialect == "sqlite" else self.postgresql_value

    def code(self, dialect: str) -> str:
        """Return the dialect's SQLSTATE or SQLite error name, or ""."""
        failure = self.failure(dialect)
        return failure.code if failure else ""

    def message(self, dialect: str) -> str:
        """Return the dialect's error message, or ""."""
        failure = self.failure(dialect)
        return failure.message if failure else ""

    def sql(self, dialect: str = "") -> str:
        """Return the SQL as the driver got it: the dialect's, or whichever there is; "" without a statement."""
        for name in (dialect,) if dialect else ("postgresql", "sqlite"):
            statement = self.statement(name)
            if statement is not None:
                return statement.sql
        return ""

    def rows(self, dialect: str) -> tuple[Row, ...]:
        """Return the rows that the dialect's statement gave."""
        statement = self.statement(dialect)
        return (statement.rows or ()) if statement else ()

    @property
    def types(self) -> tuple[str, str]:
        """The names of the Python types of the two values, SQLite's first."""
        return type_name(self.sqlite_value), type_name(self.postgresql_value)

    @cached_property
    def direction(self) -> str:
        """The dialect that alone fails, or "both" when neither does or each in its way."""
        failed = [name for name in ("sqlite", "postgresql") if self.failure(name) is not None]
        if self.kind == "lost":
            return "postgresql"
        return failed[0] if len(failed) == 1 else "both"

    @property
    def first_failed(self) -> Statement | None:
        """The statement that failed first in the Postgres transaction in which this was seen, if any did."""
        half = self.half("postgresql")
        if half is None or half.trace is None:
            return None
        failed: Statement | None = None
        for event in half.trace.events:
            if event is self.postgresql:
                return failed
            if isinstance(event, Transaction) and event.action in {"begin", "commit", "rollback", "rollback_to"}:
                failed = None
            elif isinstance(event, Statement) and event.failure is not None and failed is None:
                failed = event
        return None

    @property
    def site(self) -> Site:
        """The application's line; for what was lost, that of the statement whose failure lost it."""
        if self.kind == "lost" and (failed := self.first_failed) is not None:
            return failed.site
        for event in (self.postgresql, self.sqlite):
            if isinstance(event, Statement | Transaction | Exchange) and event.site.line:
                return event.site
        for half in self.halves or ():
            if half.failed and half.site.line:
                return half.site
        return UNKNOWN


def type_name(value: Any) -> str:
    """Return a value's type as a report names it; instants say whether they have a zone."""
    if isinstance(value, Opaque):
        return value.type
    name = type(value).__name__
    if name == "datetime":
        return "datetime[tz]" if value.tzinfo is not None else "datetime[naive]"
    return name
