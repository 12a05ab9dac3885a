"""The default isolation: one connection for a whole run, rolled back after each test.

A test that got out of the sandbox is found out when it ends, and its database is made anew, so
that the next test is never the victim.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import URL, Engine

from diglot.dialects import postgresql, sqlite
from diglot.dialects.sqlite import RewindableConnection as SqliteConnection
from diglot.errors.isolation import EscapedTransaction
from diglot.isolation.engine import sandboxed_engine
from diglot.isolation.sandbox import Sandbox
from diglot.isolation.statements import Statements


class Source(Protocol):
    """Where a rewindable connection comes from: one implementation for each dialect."""

    url: URL
    levels: tuple[str, ...]

    def open(self) -> Any:
        """Return a rewindable connection to a database that is equal to the template."""

    def renew(self, connection: Any) -> Any:
        """Throw away the database behind `connection`; return a connection to a new one."""

    def discard(self) -> None:
        """Give back what is left when the last connection has been closed."""


@dataclass
class SqliteSource:
    """In-memory copies of a template file's bytes."""

    template: bytes
    url: URL = field(default_factory=lambda: URL.create("sqlite"))
    levels: tuple[str, ...] = sqlite.LEVELS

    def open(self) -> SqliteConnection:
        """Return a connection to a new copy in memory."""
        return SqliteConnection.open(self.template)

    def renew(self, connection: SqliteConnection) -> SqliteConnection:
        """Close the old copy, for real, and open another."""
        connection.close_for_good()
        return self.open()

    def discard(self) -> None:
        """Do nothing: the copy went with its connection."""


class PostgresSource:
    """Databases cloned from the server's template.

    create: returns the URL of a new one. drop: removes one that nobody is connected to.
    """

    levels: tuple[str, ...] = postgresql.LEVELS

    def __init__(self, create: Callable[[], URL], drop: Callable[[URL], None]) -> None:
        self._create, self._drop = create, drop
        self.url = create()

    def open(self) -> Any:
        """Connect to the database at `url` through its driver."""
        return postgresql.open_rewindable(self.url)

    def renew(self, connection: Any) -> Any:
        """Drop the database, create another at the same address, and connect."""
        connection.close_for_good()
        self._drop(self.url)
        self.url = self._create()
        return self.open()

    def discard(self) -> None:
        """Drop the database; nobody may be connected."""
        self._drop(self.url)


class Rewind:
    """One sandboxed engine, used by one test after the other."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._sandbox = Sandbox(source.open())
        self._sandbox.connection.guard = self._sandbox
        self.statements = Statements()
        self.url = source.url
        self.engine: Engine = sandboxed_engine(source.url, self._sandbox, *source.levels)
        self.statements.watch(self.engine)

    def finish(self) -> EscapedTransaction | None:
        """Undo what the test did; return what was wrong when it had escaped (and was healed)."""
        escaped = self._sandbox.rewind()
        self.statements.clear()
        if escaped is not None:
            self._sandbox.connection = self._source.renew(self._sandbox.connection)
            self._sandbox.connection.guard = self._sandbox
            self.engine.dispose()
        return escaped

    def close(self, *, discard: bool = True) -> None:
        """Close the connection, for real; `discard` gives the database back as well."""
        self.engine.dispose(close=False)
        self._sandbox.connection.close_for_good()
        if discard:
            self._source.discard()
