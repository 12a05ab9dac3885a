"""What one test did on one dialect, as the application saw it, in the order in which it happened."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Row = tuple[Any, ...]
"""One row's values, after SQLAlchemy's result processors: what the application got."""


@dataclass(frozen=True)
class Site:
    """The nearest line of the application or of its tests; line counts from 1, 0 stands for unknown."""

    file: str
    line: int
    function: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.function}" if self.line else self.file

    @property
    def place(self) -> tuple[str, str]:
        """File and function: what stays when lines move."""
        return self.file, self.function


UNKNOWN = Site("<unknown>", 0, "")


@dataclass(frozen=True)
class Failure:
    """An exception, in words that mean the same for every driver.

    name: its class, as SQLAlchemy raised it when it did (`IntegrityError`), else as it was raised.
    driver: the driver's class (`psycopg2.errors.UniqueViolation`), or "" when no driver had a part in it.
    code: the SQLSTATE on Postgres, SQLite's own name (`SQLITE_CONSTRAINT_UNIQUE`) there, else "".
    message: the driver's words, or the exception's.
    """

    name: str
    message: str
    driver: str = ""
    code: str = ""

    @property
    def first_line(self) -> str:
        """The message's first line."""
        return self.message.strip().partition("\n")[0]


@dataclass(frozen=True)
class Statement:
    """One statement at the driver's boundary.

    sql: as the driver got it. neutral: the same for both dialects when it comes from the same expression.
    parameters: as the application gave them, before bind processing; a list of them for `many`.
    rowcount: rows matched by UPDATE and DELETE and by text; None where a driver's answer means nothing.
    columns, rows: None when no rows were fetched; rows holds at most `MOST_ROWS` of the `n_rows` that were.
    failure: what the driver or SQLAlchemy raised. duration_s: the driver's call alone, without fetching.
    raw: it ran through a cursor of the driver, past SQLAlchemy.
    """

    sql: str
    neutral: str
    parameters: Any
    site: Site
    many: bool = False
    rowcount: int | None = None
    columns: tuple[str, ...] | None = None
    rows: tuple[Row, ...] | None = None
    n_rows: int = 0
    failure: Failure | None = None
    duration_s: float = 0.0
    raw: bool = False


@dataclass(frozen=True)
class Transaction:
    """What happened to a transaction: begin, commit, rollback, savepoint, release or rollback_to.

    failed: for a commit that Postgres turned into a rollback, the first statement that had failed.
    """

    action: str
    site: Site
    failed: str | None = None


@dataclass(frozen=True)
class Exchange:
    """One HTTP request through `diglot_client`, and its answer.

    body, request_body: parsed JSON where the content type says so, else text; None when empty.
    """

    method: str
    path: str
    status: int
    site: Site
    content_type: str = ""
    body: Any = None
    request_body: Any = None


Event = Statement | Transaction | Exchange

MOST_ROWS = 1000
"""How many rows of one statement are kept and compared."""


@dataclass(frozen=True)
class Trace:
    """All events of one test on one dialect.

    began_at: seconds since the epoch; duration_s: until the last event. Instants near to it are volatile.
    concurrent: the events are those of several threads, whose order is a matter of chance.
    """

    dialect: str
    events: tuple[Event, ...] = ()
    began_at: float = 0.0
    duration_s: float = 0.0
    concurrent: bool = False


@dataclass(frozen=True)
class Half:
    """One contract's run on one dialect.

    contract: the test's id without its dialect; file, line: where the test stands, line counting from 1.
    outcome: passed, failed, error, skipped, xfailed or xpassed.
    failure, site: of the exception that failed it. phase: setup, call or teardown, where that happened.
    reason: of a skip or of an expected failure.
    """

    contract: str
    dialect: str
    version: str
    outcome: str
    file: str = ""
    line: int = 0
    duration_s: float = 0.0
    phase: str = "call"
    failure: Failure | None = None
    site: Site = UNKNOWN
    reason: str = ""
    trace: Trace | None = None

    @property
    def major(self) -> str:
        """The dialect with its major version, as `postgresql 18`."""
        return f"{self.dialect} {self.version.partition('.')[0]}"

    @property
    def failed(self) -> bool:
        """Whether the test failed, also in setup or teardown, and that was not expected."""
        return self.outcome in {"failed", "error", "xpassed"}


Facts = Mapping[str, Any]
