"""What the entries hold: an application's careless way with a database, on top of `diglot`."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from diglot.isolation.facade import Diglot

Rows = list[tuple[Any, ...]]


class Application:
    """Runs statements, each in a transaction of its own, and goes on after an error where it is told to.

    engine: the test's engine. pg: whether the dialect is Postgres; entries ask only where they are about
    the names of types, or about a placeholder that somebody has ported.
    """

    def __init__(self, diglot: Diglot) -> None:
        self.engine = diglot.engine
        self.pg = diglot.dialect.name == "postgresql"

    def sql(self, statement: str | sa.Executable, parameters: Any = None) -> Rows | int:
        """Run one statement in a transaction; return its rows, or the number of rows that it changed."""
        executable = sa.text(statement) if isinstance(statement, str) else statement
        with self.engine.begin() as connection:
            result = connection.execute(executable, parameters)
            return [tuple(row) for row in result] if result.returns_rows else result.rowcount

    def rows(self, statement: str | sa.Executable, parameters: Any = None) -> Rows:
        """Run one query; return its rows."""
        found = self.sql(statement, parameters)
        return found if isinstance(found, list) else []

    def val(self, statement: str | sa.Executable, parameters: Any = None) -> Any:
        """Run one query; return the first cell."""
        return self.rows(statement, parameters)[0][0]

    def many(self, *statements: str) -> None:
        """Run several statements."""
        for statement in statements:
            self.sql(statement)

    def t(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call `function`; return what it returns, or the error's text, as code does that swallows errors."""
        try:
            return function(*arguments)
        except Exception as error:
            return f"!{type(error).__name__} {error}"

    def tries(self, *statements: str | sa.Executable) -> list[Any]:
        """Run several statements, and go on after those that fail."""
        return [self.t(self.sql, statement) for statement in statements]

    def impatient(self, connection: sa.Connection) -> sa.Connection:
        """Let a connection wait for locks for 0.3 s only, each dialect in its way, so that a run is short."""
        patience = (
            "SELECT pg_catalog.set_config('lock_timeout', '300ms', false)" if self.pg else "PRAGMA busy_timeout = 300"
        )
        connection.exec_driver_sql(patience)
        connection.commit()
        return connection


def key() -> "sa.Column[int]":
    """Return a column for a surrogate key."""
    return sa.Column("id", sa.Integer, primary_key=True)


def table(name: str, *columns: "sa.Column[Any]") -> sa.Table:
    """Return a table with a surrogate key and `columns`, in a metadata of its own."""
    return sa.Table(name, sa.MetaData(), key(), *columns)
