"""A psycopg2 connection that can be rewound: its transactions are emulated by its guard."""

from typing import Any

import psycopg2
from psycopg2 import errors, extensions

from diglot.dialects.catalogue import DEFERRABLE, INITIALLY_DEFERRED, Counters, read_counters
from diglot.dialects.guard import Guard
from diglot.errors.isolation import IsolationLevelRefused
from diglot.frames import callsite

_REAL_AUTOCOMMIT: Any = extensions.connection.autocommit
_LEVELS = ("READ COMMITTED",)
_ABORTED = extensions.TRANSACTION_STATUS_INERROR


class RewindableCursor(extensions.cursor):
    """A cursor that reports what it runs."""

    connection: "RewindableConnection"

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - psycopg2's own name
        """Run one statement under the guard."""
        with self.connection.guard.statement(_text(query)):
            super().execute(query, vars)

    def executemany(self, query: Any, vars_list: Any) -> None:
        """Run one statement with many parameter sets under the guard."""
        with self.connection.guard.statement(_text(query)):
            super().executemany(query, vars_list)

    def callproc(self, procname: Any, parameters: Any = None) -> Any:
        """Call a function under the guard."""
        with self.connection.guard.statement(f"CALL {procname}"):
            return super().callproc(procname, parameters)

    def copy_from(self, file: Any, table: str, *args: Any, **options: Any) -> None:
        """Copy a file into a table under the guard."""
        with self.connection.guard.statement(f"COPY {table} FROM STDIN"):
            super().copy_from(file, table, *args, **options)

    def copy_to(self, file: Any, table: str, *args: Any, **options: Any) -> None:
        """Copy a table into a file under the guard."""
        with self.connection.guard.statement(f"COPY {table} TO STDOUT"):
            super().copy_to(file, table, *args, **options)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        """Copy to or from a file under the guard."""
        with self.connection.guard.statement(_text(sql)):
            super().copy_expert(sql, file, size)


class RewindableConnection(extensions.connection):
    """A psycopg2 connection whose commit, rollback and autocommit stay inside its guard."""

    guard: Guard
    dialect_name = "postgresql"

    _plain: extensions.cursor
    _may_defer: bool
    _deferred: str
    _counters: Counters

    @classmethod
    def open(cls, **connect_args: Any) -> "RewindableConnection":
        """Connect; set `guard` before handing the connection to an application."""
        connection: RewindableConnection = psycopg2.connect(connection_factory=cls, **connect_args)
        connection._plain = extensions.connection.cursor(connection, cursor_factory=extensions.cursor)
        connection.cursor_factory = RewindableCursor
        _REAL_AUTOCOMMIT.__set__(connection, True)  # the guard sends BEGIN itself
        connection.read_constraints()
        connection._counters = read_counters(connection._plain)
        connection._plain.execute(connection._counters.preparing)
        return connection

    def cursor(self, name: str | None = None, **options: Any) -> Any:  # type: ignore[override]  # six overloads
        """Return a cursor that reports to the guard.

        A named cursor is held, because psycopg2 refuses any other while its own autocommit is on.
        """
        if name is None:
            return super().cursor(**options)
        return super().cursor(name, **{**options, "withhold": True})

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

    @property
    def autocommit(self) -> bool:
        """Whether each statement of a cursor commits by itself."""
        return self.guard.raw_autocommit

    @autocommit.setter
    def autocommit(self, value: bool) -> None:
        self.guard.raw_autocommit = value

    def set_session(
        self,
        isolation_level: Any = None,
        readonly: Any = None,  # noqa: ARG002 - the sandbox's transaction writes
        deferrable: Any = None,  # noqa: ARG002
        autocommit: bool | None = None,
    ) -> None:
        """Take autocommit; refuse an isolation level, which the outer transaction has already."""
        if isolation_level is not None:
            raise IsolationLevelRefused(level=str(isolation_level), at=callsite(), given=_LEVELS)
        if autocommit is not None:
            self.guard.raw_autocommit = autocommit

    def set_isolation_level(self, level: int | None) -> None:
        """Take autocommit and the default; refuse another level."""
        allowed = (extensions.ISOLATION_LEVEL_AUTOCOMMIT, extensions.ISOLATION_LEVEL_READ_COMMITTED)
        if level is not None and level not in allowed:
            raise IsolationLevelRefused(level=str(level), at=callsite(), given=_LEVELS)
        self.guard.raw_autocommit = level == extensions.ISOLATION_LEVEL_AUTOCOMMIT

    # -- what the sandbox calls ----------------------------------------------------------------

    def run_unsandboxed(self, sql: str) -> None:
        """Run the statements `sql` unseen by the guard."""
        self._plain.execute(sql)

    def transaction_is_aborted(self) -> bool:
        """Say whether the server's last word was that the transaction is aborted."""
        return self.get_transaction_status() == _ABORTED

    def rewind_to(self, savepoint: str, *, restore_counters: bool) -> bool:
        """Roll everything back in one round trip; say whether `savepoint` was still there."""
        restore = self._counters.restoring if restore_counters else ""
        try:
            self._plain.execute(f"ROLLBACK TO SAVEPOINT {savepoint}; ROLLBACK; {restore}")
        except errors.InvalidSqlStatementName:  # the test ran DISCARD ALL or DEALLOCATE: prepare again
            self._plain.execute(f"{self._counters.preparing}; {restore}")
        except psycopg2.Error:
            self._plain.execute("ROLLBACK")
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
            self._plain.execute("SET CONSTRAINTS ALL IMMEDIATE")
            if self._deferred:
                self._plain.execute(f"SET CONSTRAINTS {self._deferred} DEFERRED")


def _text(query: Any) -> str:
    return query if isinstance(query, str) else repr(query)
