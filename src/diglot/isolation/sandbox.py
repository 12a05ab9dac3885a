"""Emulate an application's transactions inside one that is rolled back after the test.

The application's BEGIN, COMMIT and ROLLBACK become SAVEPOINT, RELEASE and ROLLBACK TO. One
transaction of the application is open at a time, as all its connections share one connection
of the driver: a second one in the same thread is an error, in another thread it waits its turn.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from diglot.dialects.guard import Guard, failure_text
from diglot.errors.isolation import AbortedCommit, EscapedTransaction, OverlappingTransactions
from diglot.frames import callsite

_BASE = "diglot_base"
_OVERLAP_TIMEOUT_S = 5.0
_READING = ("SELECT", "PRAGMA", "SAVEPOINT", "RELEASE", "SHOW")
_ALTERING = ("CREATE", "ALTER", "DROP")
_ENDING = ("COMMIT", "END", "ABORT", "BEGIN", "START TRA", "ROLLBACK")


class SandboxedConnection(Protocol):
    """What the sandbox needs of a driver's connection, beside the sandbox and around it."""

    dialect_name: str
    guard: Guard

    def run_unsandboxed(self, sql: str) -> None:
        """Run `sql`, which may be several statements, without being seen by the sandbox."""

    def transaction_is_aborted(self) -> bool:
        """Say whether the transaction refuses further statements; asks no server."""

    def rewind_to(self, savepoint: str, *, restore_counters: bool) -> bool:
        """Roll the outermost transaction back, for real; say whether `savepoint` was still in it.

        restore_counters: also put what a rollback does not undo (sequences) back to the template's state.
        """

    def read_constraints(self) -> None:
        """Look anew which constraints there are that may be deferred: the test has changed the schema."""

    def check_deferred_constraints(self) -> None:
        """Raise the driver's IntegrityError when a deferred constraint is violated now."""

    def close_for_good(self) -> None:
        """Close the connection, for real."""


@dataclass
class _Transaction:
    owner: object
    savepoint: str
    begun_at: str
    thread: int
    raw: bool
    failed: str | None = None


@dataclass
class Sandbox:
    """The emulated transactions of one driver connection, and the real one around them."""

    connection: SandboxedConnection
    overlap_timeout_s: float = _OVERLAP_TIMEOUT_S
    last_checkout: object = None
    raw_autocommit: bool = False
    _open: _Transaction | None = None
    _outer: bool = False
    _wrote: bool = False
    _altered: bool = False
    _read_anew: bool = False
    _number: int = 0
    _suspect: str | None = None
    _free: threading.Condition = field(default_factory=lambda: threading.Condition(threading.RLock()))

    # -- what the application does -------------------------------------------------------------

    def begin(self, owner: object, *, raw: bool = False) -> None:
        """Begin the application's transaction on the connection `owner`.

        Raises OverlappingTransactions (DG402) at once when this thread has one open on another
        connection, and after `overlap_timeout_s` seconds when another thread does.
        """
        site = callsite()
        with self._free:
            if self._open is not None and self._open.owner is owner:
                return
            self._wait_for_turn(site)
            self._number += 1
            savepoint = f"diglot_{self._number}"
            if self._outer:
                self.connection.run_unsandboxed(f"SAVEPOINT {savepoint}")
            else:
                self._outer = True
                self.connection.run_unsandboxed(f"BEGIN; SAVEPOINT {_BASE}; SAVEPOINT {savepoint}")
            self._open = _Transaction(owner, savepoint, site, threading.get_ident(), raw)

    def commit(self, owner: object) -> None:
        """Emulate COMMIT: check deferred constraints, then release the savepoint.

        Raises AbortedCommit (DG403) when a statement failed before and was not rolled back;
        the driver's own error when a deferred constraint is violated. Either way the work is undone,
        as a real COMMIT that fails undoes it.
        """
        with self._free:
            transaction = self._mine(owner)
            if transaction is None:
                return
            if self.connection.transaction_is_aborted():
                self._undo(transaction)
                raise AbortedCommit(failed=transaction.failed, committed_at=callsite())
            try:
                if self._altered:
                    self.connection.read_constraints()
                    self._altered, self._read_anew = False, True
                self.connection.check_deferred_constraints()
            except BaseException:
                self._undo(transaction)
                raise
            self._run(f"RELEASE SAVEPOINT {transaction.savepoint}")
            self._close()

    def rollback(self, owner: object) -> None:
        """Emulate ROLLBACK; nothing happens when `owner` has no transaction open."""
        with self._free:
            transaction = self._mine(owner)
            if transaction is not None:
                self._undo(transaction)

    @contextmanager
    def statement(self, sql: str) -> Iterator[None]:
        """Surround one statement of a cursor: begin as the driver would, remember who fails."""
        alone = self.raw_autocommit and self._open is None
        if self._open is None:
            self.begin(self.last_checkout, raw=True)
        self._look_at(sql)
        try:
            yield
        except BaseException as error:
            self._remember_failure(sql, error)
            if alone:
                self.rollback(self.last_checkout)
            raise
        if alone:
            self.commit(self.last_checkout)

    # -- what the test run does ----------------------------------------------------------------

    def rewind(self) -> EscapedTransaction | None:
        """Undo all that the test did; return what went wrong when the test had got out.

        After an escape the database holds the test's work and must be made anew.
        """
        with self._free:
            wrote, suspect, outer = self._wrote, self._suspect, self._outer
            self._open, self._outer, self._wrote, self._suspect = None, False, False, None
            self.raw_autocommit, self._number = False, 0
            read_anew, self._altered, self._read_anew = self._read_anew, False, False
            if not outer and suspect is None:
                return None
            if self.connection.rewind_to(_BASE, restore_counters=wrote):
                if read_anew:
                    self.connection.read_constraints()
                return None
            return EscapedTransaction(dialect=self.connection.dialect_name, culprit=suspect)

    def _wait_for_turn(self, site: str) -> None:
        while (current := self._open) is not None:
            same_thread = current.thread == threading.get_ident()
            if same_thread or not self._free.wait(self.overlap_timeout_s):
                raise OverlappingTransactions(
                    dialect=self.connection.dialect_name, first=current.begun_at, second=site
                )

    def _mine(self, owner: object) -> _Transaction | None:
        transaction = self._open
        if transaction is None or owner is None or transaction.owner is owner:
            return transaction
        return transaction if transaction.raw and transaction.owner is None else None

    def _undo(self, transaction: _Transaction) -> None:
        name = transaction.savepoint
        self._run(f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")
        self._close()

    def _run(self, sql: str) -> None:
        """Run the sandbox's own `sql`; once the test got out, its savepoints may be gone."""
        try:
            self.connection.run_unsandboxed(sql)
        except Exception:
            if self._suspect is None:
                raise

    def _close(self) -> None:
        self._open = None
        self._free.notify_all()

    def _look_at(self, sql: str) -> None:
        word = sql.lstrip()[:9].upper()
        if not word.startswith(_READING) or "NEXTVAL" in sql.upper():
            self._wrote = True
        if word.startswith(_ALTERING):
            self._altered = True
        if word.startswith(_ENDING):
            if not _to_savepoint(sql):
                self._suspect = f"{sql.strip()[:80]!r} at {callsite()}"
            elif self._open is not None:
                self._open.failed = None  # what had failed is undone, and the transaction goes on

    def _remember_failure(self, sql: str, error: BaseException) -> None:
        if self._open is not None and self._open.failed is None:
            self._open.failed = failure_text(sql, error)


def _to_savepoint(sql: str) -> bool:
    words = sql.upper().split()[:3]
    return words[:1] == ["ROLLBACK"] and "TO" in words
