"""What each entry of the catalogue is written with: a database, and ways to run a statement or to survive one."""

import enum
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from diglot.isolation.facade import Diglot

ENTRIES: dict[str, bool] = {}
"""Every entry that was imported, by its name: whether it is known to diverge."""


class Color(enum.StrEnum):
    """A text that is an enumeration's member."""

    RED = "red"


class Num(enum.IntEnum):
    """A number that is an enumeration's member."""

    ONE = 1


class X:
    """A database of the test's own, on one dialect."""

    def __init__(self, database: Diglot) -> None:
        self._database = database
        self.e: Engine = database.engine
        self.pg = database.dialect.name == "postgresql"
        self.d = database.dialect.driver

    @property
    def path(self) -> str:
        """The file of a SQLite database that is a clone."""
        return str(self.e.url.database)

    def engine(self, _name: str = "", **options: Any) -> Engine:
        """Return the engine, with an isolation level where one is asked for."""
        level = options.get("isolation_level")
        return self.e.execution_options(isolation_level=level) if level else self.e

    def sql(self, statement: Any, parameters: Any = None) -> Any:
        """Run one statement in a transaction of its own; return its rows, or how many it changed."""
        with self.e.begin() as connection:
            return _run(connection, statement, parameters)

    def val(self, statement: Any, parameters: Any = None) -> Any:
        """Return the first value of a statement's first row."""
        return self.sql(statement, parameters)[0][0]

    def many(self, *statements: str) -> None:
        """Run statements, each in a transaction of its own."""
        for statement in statements:
            self.sql(statement)

    def t(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function; return what it raises as a text, as an application does that catches too much."""
        try:
            return function(*arguments)
        except Exception as error:
            return f"!{type(error).__name__} {error}"


def _run(connection: Connection, statement: Any, parameters: Any) -> Any:
    clause = sa.text(statement) if isinstance(statement, str) else statement
    result = connection.execute(clause, parameters) if parameters is not None else connection.execute(clause)
    return [tuple(row) for row in result] if result.returns_rows else result.rowcount


def contract(name: str, *, diverges: bool, isolation: str = "rewind") -> Callable[[Callable[[X], object]], Any]:
    """Make a contract of an entry's body: it runs on both dialects, and asserts nothing about what comes out."""
    ENTRIES[name] = diverges

    def decorate(body: Callable[[X], object]) -> Callable[[Diglot], None]:
        @pytest.mark.isolation(isolation)
        def test(diglot: Diglot) -> None:
            body(X(diglot))

        test.__name__, test.__doc__, test.__module__ = body.__name__, body.__doc__, body.__module__
        return test

    return decorate


def names(entries: Sequence[str]) -> dict[str, str]:
    """Return each entry's name by the name of its test."""
    return {f"test_{name.replace('-', '_')}": name for name in entries}
