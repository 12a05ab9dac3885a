"""Record what the application does with an engine: statements, rows as it sees them, transactions, HTTP.

Nothing global is patched. SQLAlchemy's events see statements and errors; rows are seen through the
dialect's `execution_ctx_cls`, whose result gets a fetch strategy that keeps what is fetched and hands it
on. Raw driver cursors are seen by the cursors of `diglot.dialects.observed`. The hot path only appends;
rows are processed, and SQL is made neutral, when a test has ended.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext

from diglot.dialects.observed import observe
from diglot.frames import application_frame
from diglot.parity.fetching import observed_context
from diglot.parity.neutral import neutral
from diglot.parity.trace import MOST_ROWS, UNKNOWN, Event, Exchange, Failure, Site, Statement, Trace, Transaction

_ABORTED = 3  # libpq's PQTRANS_INERROR, in both drivers
_FIRST_FAILED = "diglot.first_failed"
_INTROSPECTION = ("PRAGMA", "SELECT PG_CATALOG.", "SHOW ")


class Recorded:
    """One statement while it runs: what the driver got, and what came back so far."""

    __slots__ = (
        "columns", "context", "duration_s", "failure", "frame", "many", "parameters", "processors", "raw",
        "rowcount", "rows", "sql", "started", "taken",
    )  # fmt: skip

    def __init__(self, sql: str, parameters: Any, *, many: bool, raw: bool = False) -> None:
        self.sql, self.parameters, self.many, self.raw = sql, parameters, many, raw
        self.frame = application_frame()
        self.columns: Sequence[str] | None = None
        self.processors: Sequence[Callable[[Any], Any] | None] | None = None
        self.rows: list[Any] = []
        self.taken = 0
        self.rowcount: int | None = None
        self.failure: Failure | None = None
        self.duration_s = 0.0
        self.started = time.perf_counter()

    def take(self, row: Any) -> None:
        """Keep one row that was fetched, as the driver gave it."""
        self.taken += 1
        if self.taken <= MOST_ROWS:
            self.rows.append(row)

    def take_all(self, rows: Sequence[Any]) -> None:
        """Keep several rows."""
        self.taken += len(rows)
        room = MOST_ROWS - len(self.rows)
        if room > 0:
            self.rows.extend(rows[:room] if len(rows) > room else rows)

    def fail(self, error: BaseException) -> None:
        """Keep what the statement raised."""
        self.failure = failure_of(error)

    def done(self) -> None:
        """Keep how long the driver's call took."""
        self.duration_s = time.perf_counter() - self.started

    def statement(self) -> Statement:
        """Return what was recorded, with the rows as the application saw them."""
        return Statement(
            sql=self.sql,
            neutral=neutral(self.sql),
            parameters=self.parameters,
            site=_site(self.frame),
            many=self.many,
            rowcount=self.rowcount,
            columns=None if self.columns is None else tuple(self.columns),
            rows=None if self.columns is None else tuple(self._processed(row) for row in self.rows),
            n_rows=self.taken,
            failure=self.failure,
            duration_s=self.duration_s,
            raw=self.raw,
        )

    def _processed(self, row: Any) -> tuple[Any, ...]:
        if not self.processors:
            return tuple(row)
        return tuple(
            value if process is None else _seen(process, value)
            for process, value in zip(self.processors, row, strict=False)
        )


class Recorder:
    """Records one test at a time, on any number of engines; silent between `finish` and `start`."""

    def __init__(self) -> None:
        self._log: list[Recorded | Transaction | Callable[[], Exchange]] = []
        self._threads: set[int] = set()
        self._dialect = ""
        self._began_at = 0.0
        self._started = 0.0
        self.on = False

    def watch(self, engine: Engine) -> Callable[[], None]:
        """Record what `engine` runs from now on, while a test is recorded; return what ends that."""
        dialect: Any = engine.dialect
        context_class = dialect.execution_ctx_cls
        dialect.execution_ctx_cls = observed_context(context_class)
        listeners: dict[str, Callable[..., None]] = {
            "checkout": self._observe,
            "before_cursor_execute": self._before,
            "after_cursor_execute": self._after,
            "handle_error": self._fail,
            "begin": self._begin,
            "commit": self._commit,
            "rollback": self._rollback,
            "savepoint": self._savepoint,
            "release_savepoint": self._release,
            "rollback_savepoint": self._rollback_to,
        }
        for name, listener in listeners.items():
            event.listen(engine, name, listener)

        def stop() -> None:
            dialect.execution_ctx_cls = context_class
            for name, listener in listeners.items():
                event.remove(engine, name, listener)

        return stop

    def start(self, dialect: str) -> None:
        """Begin to record a test."""
        self._log, self._threads = [], set()
        self._dialect = dialect
        self._began_at, self._started = time.time(), time.perf_counter()
        self.on = True

    def finish(self) -> Trace:
        """Stop, and return what the test did."""
        self.on = False
        log, self._log = self._log, []
        duration_s = time.perf_counter() - self._started
        events = _without_empty_transactions([event for event in map(_event, log) if event is not None])
        return Trace(self._dialect, tuple(events), self._began_at, duration_s, concurrent=len(self._threads) > 1)

    def exchange(self, describe: Callable[[], Exchange]) -> None:
        """Take one HTTP exchange, which is described when the test has ended."""
        if self.on:
            self._log.append(describe)

    def _raw(self, sql: str, parameters: Any, many: bool) -> Recorded | None:
        """Take one statement of a raw cursor, which fills in what comes back; None while nothing is recorded."""
        if not self.on:
            return None
        recorded = Recorded(sql, parameters, many=many, raw=True)
        self._log.append(recorded)
        self._threads.add(threading.get_ident())
        return recorded

    def _observe(self, connection: Any, _record: object, _proxy: object) -> None:
        observe(connection, self._raw)

    # -- what SQLAlchemy tells -----------------------------------------------------------------

    def _before(self, _conn: Connection, _cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        if not self.on:
            return
        compiled = context.compiled
        if compiled is not None and context.compiled_parameters:
            sets = context.compiled_parameters
            parameters = list(sets) if many else sets[0]
        recorded = Recorded(sql, parameters, many=many)
        context.diglot_recorded = recorded
        self._log.append(recorded)
        self._threads.add(threading.get_ident())
        recorded.started = time.perf_counter()

    def _after(self, _conn: Connection, cursor: Any, _sql: str, _parameters: Any, context: Any, _many: bool) -> None:
        recorded = getattr(context, "diglot_recorded", None)
        if recorded is None:
            return
        recorded.done()
        if cursor.description is None and cursor.rowcount >= 0:
            recorded.rowcount = cursor.rowcount

    def _fail(self, context: ExceptionContext) -> None:
        if not self.on:
            return
        recorded = getattr(context.execution_context, "diglot_recorded", None)
        if recorded is None:
            recorded = Recorded(context.statement or "", context.parameters, many=False)
            self._log.append(recorded)
        recorded.fail(context.sqlalchemy_exception or context.original_exception)
        info = _info(context.connection)
        if info is not None:
            info.setdefault(_FIRST_FAILED, recorded)

    def _begin(self, conn: Connection) -> None:
        _forget_failure(conn)
        self._transaction("begin")

    def _commit(self, conn: Connection) -> None:
        failed = None
        if self._dialect == "postgresql" and _is_aborted(conn):
            first = (_info(conn) or {}).get(_FIRST_FAILED)
            failed = _named(first) if first is not None else "a statement that is not known"
        _forget_failure(conn)
        self._transaction("commit", failed)

    def _rollback(self, conn: Connection) -> None:
        _forget_failure(conn)
        self._transaction("rollback")

    def _savepoint(self, _conn: Connection, _name: str) -> None:
        self._transaction("savepoint")

    def _release(self, _conn: Connection, _name: str, _context: Any) -> None:
        self._transaction("release")

    def _rollback_to(self, conn: Connection, _name: str, _context: Any) -> None:
        _forget_failure(conn)
        self._transaction("rollback_to")

    def _transaction(self, action: str, failed: str | None = None) -> None:
        if self.on:
            self._log.append(Transaction(action, _site(application_frame()), failed))


def _without_empty_transactions(events: list[Event]) -> list[Event]:
    """Leave out what is begun and ended with nothing in between, as when SQLAlchemy asks what tables there are."""
    kept: list[Event] = []
    for one in events:
        last = kept[-1] if kept else None
        ends = isinstance(one, Transaction) and one.action in {"commit", "rollback"}
        if ends and isinstance(last, Transaction) and last.action == "begin":
            kept.pop()
        else:
            kept.append(one)
    return kept


def failure_of(error: BaseException) -> Failure:
    """Return an exception in words that mean the same for every driver."""
    original = getattr(error, "orig", None) or error
    code = getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)
    code = code or getattr(original, "sqlite_errorname", None) or ""
    driver = type(original)
    is_drivers = original is not error or hasattr(original, "sqlite_errorname") or hasattr(original, "pgcode")
    return Failure(
        name=type(error).__name__,
        message=str(original).strip(),
        driver=f"{driver.__module__}.{driver.__qualname__}" if is_drivers else "",
        code=str(code),
    )


def _seen(process: Callable[[Any], Any], value: Any) -> Any:
    """What a result processor makes of a value; the value itself when it raises, as it did for the application."""
    try:
        return process(value)
    except Exception:  # noqa: BLE001 - a processor may be the application's own
        return value


def _event(logged: "Recorded | Transaction | Callable[[], Exchange]") -> Event | None:
    if isinstance(logged, Transaction):
        return logged
    if isinstance(logged, Recorded):
        return None if _is_introspection(logged) else logged.statement()
    return logged()


def _is_introspection(recorded: Recorded) -> bool:
    """Whether SQLAlchemy asked the database about itself, which it does in each dialect's own way."""
    if recorded.failure is not None:
        return False
    words = recorded.sql.lstrip()[:18].upper()
    return words.startswith(_INTROSPECTION) or "pg_catalog.pg_" in recorded.sql or "sqlite_master" in recorded.sql


def _site(frame: tuple[str, int, str] | None) -> Site:
    return UNKNOWN if frame is None else Site(*frame)


def _named(recorded: Recorded) -> str:
    message = recorded.failure.first_line if recorded.failure else ""
    return f"`{' '.join(recorded.sql.split())[:160]}` at {_site(recorded.frame)} ({message})"


def _info(conn: Connection | None) -> dict[Any, Any] | None:
    if conn is None or conn.closed or conn.invalidated:
        return None
    return conn.connection.record_info


def _forget_failure(conn: Connection) -> None:
    info = _info(conn)
    if info is not None:
        info.pop(_FIRST_FAILED, None)


def _is_aborted(conn: Connection) -> bool:
    info = getattr(conn.connection.dbapi_connection, "info", None)
    return info is not None and int(info.transaction_status) == _ABORTED
