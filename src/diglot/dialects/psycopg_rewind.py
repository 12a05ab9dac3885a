"""A psycopg 3 connection that can be rewound: its transactions are emulated by its guard."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors, pq

from diglot.dialects.catalogue import DEFERRABLE, INITIALLY_DEFERRED, Counters, read_counters
from diglot.dialects.guard import Guard


class RewindableCursor(psycopg.Cursor[Any]):
    """A cursor that reports what it runs."""

    @property
    def _guard(self) -> Guard:
        connection: Any = self.connection
        guard: Guard = connection.guard
        return guard

    def execute(self, query: Any, params: Any = None, **options: Any) -> "RewindableCursor":
        """Run one statement under the guard."""
        with self._guard.statement(_text(query)):
            super().execute(query, params, **options)
        return self

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        """Run one statement with many parameter sets under the guard."""
        with self._guard.statement(_text(query)):
            super().executemany(query, params_seq, **options)

    def stream(self, query: Any, params: Any = None, **options: Any) -> Iterator[Any]:
        """Run one statement and read its rows one by one under the guard."""
        with self._guard.statement(_text(query)):
            yield from super().stream(query, params, **options)

    @contextmanager
    def copy(self, statement: Any, params: Any = None, **options: Any) -> Iterator[psycopg.Copy]:
        """Copy to or from the client under the guard."""
        with self._guard.statement(_text(statement)), super().copy(statement, params, **options) as copy:
            yield copy


class RewindableConnection(psycopg.Connection[Any]):
    """A psycopg 3 connection whose commit, rollback and autocommit stay inside its guard."""

    guard: Guard
    dialect_name = "postgresql"

    _plain: psycopg.Cursor[Any]
    _may_defer: bool
    _deferred: str
    _counters: Counters

    @classmethod
    def open(cls, **connect_args: Any) -> "RewindableConnection":
        """Connect; set `guard` before handing the connection to an application."""
        connection = cls.connect(autocommit=True, **connect_args)
        connection._plain = psycopg.Cursor(connection)
        connection.cursor_factory = RewindableCursor
        connection.read_constraints()
        connection._counters = read_counters(connection._plain)
        connection._plain.execute(connection._counters.preparing.encode())
        return connection

    def cursor(self, name: str = "", **options: Any) -> Any:
        """Return a cursor that reports to the guard; a named one is held, as autocommit demands."""
        return super().cursor(name, **{**options, "withhold": True}) if name else super().cursor(**options)

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

    @contextmanager
    def transaction(self, savepoint_name: str | None = None, force_rollback: bool = False) -> Iterator[Any]:
        """Open a block that commits when it ends: inside the sandbox."""
        self.guard.begin(self.guard.last_checkout, raw=True)
        try:
            with super().transaction(savepoint_name, force_rollback) as block:
                yield block
        except BaseException:
            self.guard.rollback(None)
            raise
        self.guard.commit(None)

    @property
    def autocommit(self) -> bool:
        """Whether each statement of a cursor commits by itself."""
        return self.guard.raw_autocommit

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        self.guard.raw_autocommit = value

    # -- what the sandbox calls ----------------------------------------------------------------

    def run_unsandboxed(self, sql: str) -> None:
        """Run the statements `sql` unseen by the guard."""
        self._plain.execute(sql.encode())

    def transaction_is_aborted(self) -> bool:
        """Say whether the server's last word was that the transaction is aborted."""
        return self.pgconn.transaction_status == pq.TransactionStatus.INERROR

    def rewind_to(self, savepoint: str, *, restore_counters: bool) -> bool:
        """Roll everything back in one round trip; say whether `savepoint` was still there."""
        restore = self._counters.restoring if restore_counters else ""
        try:
            self.run_unsandboxed(f"ROLLBACK TO SAVEPOINT {savepoint}; ROLLBACK; {restore}")
        except errors.InvalidSqlStatementName:  # the test ran DISCARD ALL or DEALLOCATE: prepare again
            self.run_unsandboxed(f"{self._counters.preparing}; {restore}")
        except psycopg.Error:
            self.run_unsandboxed("ROLLBACK")
            return False
        return True

    def read_constraints(self) -> None:
        """Read which constraints may be deferred, and which are at first."""
        self._plain.execute(INITIALLY_DEFERRED)
        self._deferred = ", ".join(name for (name,) in self._plain.fetchall())
        self._plain.execute(DEFERRABLE)
        self._may_defer = self._plain.fetchone() is not None

    def check_deferred_constraints(self) -> None:
        """Check what a real COMMIT would check, and defer again what is deferred at first."""
        if self._may_defer:
            self.run_unsandboxed("SET CONSTRAINTS ALL IMMEDIATE")
            if self._deferred:
                self.run_unsandboxed(f"SET CONSTRAINTS {self._deferred} DEFERRED")


def _text(query: Any) -> str:
    return query if isinstance(query, str) else repr(query)
