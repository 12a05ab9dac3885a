"""What a test holds: one dialect's database, however it is isolated."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import URL, Connection, Engine

from diglot.dialects.dialect import Dialect
from diglot.errors.isolation import SecondConnectionRefused
from diglot.frames import callsite
from diglot.isolation.statements import Statements


@dataclass(frozen=True)
class Diglot:
    """A migrated, empty database on one dialect, for one test.

    isolation: `rewind` or `clone`. url: the database's address; a rewound SQLite database is in
    memory and has none that another connection could use.
    statements: the SQL that ran through `engine` since the test began.
    """

    dialect: Dialect
    engine: Engine
    url: URL
    isolation: str
    statements: Statements

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Yield a connection; commit when the block ends normally, roll back on an error."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def second_connection(self) -> Iterator[Connection]:
        """Yield a true further connection, outside every transaction that is open elsewhere.

        Raises SecondConnectionRefused (DG405) unless the test is isolated by `clone`.
        """
        if self.isolation != "clone":
            raise SecondConnectionRefused(at=callsite())
        with self.engine.connect() as connection:
            yield connection
