"""SQLite through `sqlite3`: real transactions, foreign keys on, and a connection that can be rewound.

pysqlite's legacy mode begins transactions by itself before some statements, and commits before
others. Here it is always off: a transaction begins and ends where SQLAlchemy says.
"""

import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event

from diglot.dialects.dialect import Dialect
from diglot.dialects.guard import Guard, forget_autocommit, is_autocommit, use_transaction_mode

LEVELS = ("SERIALIZABLE", "READ UNCOMMITTED")

_DEFERRED = re.compile(r"DEFERRABLE\s+INITIALLY\s+DEFERRED", re.IGNORECASE)
_BUSY_TIMEOUT_S = 10.0
_TELLING = ("THREADSAFE", "DQS", "MAX_VARIABLE_NUMBER", "ENABLE_JSON1", "ENABLE_MATH", "OMIT_")


def dialect() -> Dialect:
    """Return the SQLite that Python was built with."""
    return Dialect("sqlite", sqlite3.sqlite_version, "sqlite3")


def telling_options() -> list[str]:
    """Return the compile options that change what SQL means, or whether it works."""
    connection = sqlite3.connect(":memory:")
    options = [str(row[0]) for row in connection.execute("PRAGMA compile_options")]
    connection.close()
    return [one for one in options if one.startswith(_TELLING)] or ["no telling options"]


def real_engine(path: Path) -> Engine:
    """Return an engine on the database file `path`, with real connections and transactions.

    The journal is a WAL, so that a reader and a writer may overlap as they may on Postgres.
    """
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _BUSY_TIMEOUT_S, "factory": RealConnection})
    engine_dialect: Any = engine.dialect

    def do_begin(connection: Any) -> None:
        if not is_autocommit(connection.record_info):
            connection.dbapi_connection.execute("BEGIN")

    engine_dialect.do_begin = do_begin
    use_transaction_mode(engine, *LEVELS)
    event.listen(engine, "connect", _set_up_real_connection)
    event.listen(engine.pool, "checkin", forget_autocommit)
    return engine


def _set_up_real_connection(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")


def seal(path: Path) -> None:
    """Make the database file `path` one file that can be copied: no WAL beside it."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM")
    finally:
        connection.close()


class RealConnection(sqlite3.Connection):
    """A connection whose cursors are of a class that can be set, as psycopg's can."""

    cursor_factory: Any = sqlite3.Cursor

    def cursor(self, factory: Any = None) -> Any:
        """Return a cursor of the class that is asked for, or of the one that is set."""
        return super().cursor(factory or self.cursor_factory)


class RewindableCursor(sqlite3.Cursor):
    """A cursor that reports what it runs."""

    connection: "RewindableConnection"

    def execute(self, sql: str, parameters: Any = (), /) -> "RewindableCursor":
        """Run one statement under the guard."""
        with self.connection.guard.statement(sql):
            super().execute(sql, parameters)
        return self

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> "RewindableCursor":
        """Run one statement with many parameter sets under the guard."""
        with self.connection.guard.statement(sql):
            super().executemany(sql, parameters)
        return self

    def executescript(self, sql_script: str, /) -> "RewindableCursor":
        """Commit and run a script statement by statement, as sqlite3 does, but stay inside."""
        guard = self.connection.guard
        guard.commit(None)
        guard.raw_autocommit = True
        try:
            for statement in _statements(sql_script):
                self.execute(statement)
        finally:
            guard.raw_autocommit = False
        return self


class RewindableConnection(sqlite3.Connection):
    """An in-memory database whose transactions are emulated by its guard."""

    guard: Guard
    dialect_name = "sqlite"
    cursor_factory: Any = RewindableCursor

    _has_deferred = False
    _plain: sqlite3.Cursor

    @classmethod
    def open(cls, template: bytes) -> "RewindableConnection":
        """Return a connection to a new in-memory copy of `template`; set `guard` before using it."""
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, factory=cls)
        connection._plain = sqlite3.Connection.cursor(connection, sqlite3.Cursor)
        connection.load(template)
        return connection

    def load(self, template: bytes) -> None:
        """Replace the whole database by `template`."""
        self.deserialize(template)
        self.run_unsandboxed("PRAGMA foreign_keys = ON")
        self.read_constraints()

    def cursor(self, factory: Any = None) -> Any:
        """Return a cursor that reports to the guard."""
        return super().cursor(factory or self.cursor_factory)

    def commit(self) -> None:
        """Commit inside the sandbox."""
        self.guard.commit(None)

    def rollback(self) -> None:
        """Roll back inside the sandbox."""
        self.guard.rollback(None)

    def close(self) -> None:
        """Give the connection back: what is not committed is rolled back."""
        self.guard.rollback(None)

    def close_for_good(self) -> None:
        """Close the connection, for real."""
        super().close()

    # -- what the sandbox calls ----------------------------------------------------------------

    def run_unsandboxed(self, sql: str) -> None:
        """Run the statements `sql`, separated by semicolons, unseen by the guard."""
        for statement in sql.split(";"):
            self._plain.execute(statement)

    def transaction_is_aborted(self) -> bool:
        """Say no: SQLite undoes a failed statement and goes on."""
        return False

    def rewind_to(self, savepoint: str, *, restore_counters: bool) -> bool:  # noqa: ARG002 - counters are rows here
        """Roll everything back, for real; say whether `savepoint` was still there."""
        try:
            self._plain.execute(f"ROLLBACK TO SAVEPOINT {savepoint}")
        except sqlite3.OperationalError:
            super().rollback()
            return False
        super().rollback()
        return True

    def read_constraints(self) -> None:
        """Read whether any foreign key is deferred at first."""
        rows = self._plain.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
        self._has_deferred = any(_DEFERRED.search(sql) for (sql,) in rows)

    def check_deferred_constraints(self) -> None:
        """Raise IntegrityError when a deferred foreign key is violated, as a real COMMIT would."""
        deferred = self._has_deferred or self._plain.execute("PRAGMA defer_foreign_keys").fetchone()[0]
        if deferred and self._plain.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise sqlite3.IntegrityError("FOREIGN KEY constraint failed")


def _statements(script: str) -> Iterable[str]:
    pending = ""
    for piece in re.split(r"(?<=;)", script):
        pending += piece
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending
