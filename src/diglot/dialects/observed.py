"""Let an observer see what an application does with the driver's own cursors, past SQLAlchemy.

The cursors that SQLAlchemy opens for itself are marked, and left alone: what runs through it is seen better
where it knows the types.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Protocol

FROM_SQLALCHEMY = "diglot_from_sqlalchemy"
"""The attribute that marks a cursor which SQLAlchemy opened."""


class Watched(Protocol):
    """One statement of a raw cursor, as the observer keeps it."""

    columns: Sequence[str] | None
    rowcount: int | None

    def take(self, row: Any) -> None:
        """Keep one row that was fetched."""

    def take_all(self, rows: Sequence[Any]) -> None:
        """Keep several rows."""

    def fail(self, error: BaseException) -> None:
        """Keep what the statement raised."""

    def done(self) -> None:
        """Keep how long the driver's call took."""


Observer = Callable[[str, Any, bool], Watched | None]
"""Is told SQL, parameters, and whether there are many sets of them; None means that nobody looks."""


def observe(connection: Any, observer: Observer) -> None:
    """Let `observer` see the cursors that `connection` opens from now on.

    The connection must keep the class of its cursors in `cursor_factory`: psycopg2's and psycopg's do, and so
    do the SQLite connections of `diglot.dialects.sqlite`.
    """
    base = connection.cursor_factory
    if base is None or not hasattr(base, "diglot_observer"):
        connection.cursor_factory = _observed(base or type(connection.cursor()))
    connection.cursor_factory.diglot_observer = staticmethod(observer)


@cache
def _observed(base: type[Any]) -> type[Any]:
    class ObservedCursor(base):  # type: ignore[misc]  # the base is a value
        diglot_observer: Observer
        diglot_from_sqlalchemy = False
        _watched: Watched | None = None

        def execute(self, query: Any, *parameters: Any, **named: Any) -> Any:
            return self._watch(super().execute, query, parameters, named, many=False)

        def executemany(self, query: Any, *parameters: Any, **named: Any) -> Any:
            return self._watch(super().executemany, query, parameters, named, many=True)

        def fetchone(self) -> Any:
            row = super().fetchone()
            if self._watched is not None and row is not None:
                self._watched.take(row)
            return row

        def fetchmany(self, *size: Any, **named: Any) -> Any:
            rows = super().fetchmany(*size, **named)
            if self._watched is not None:
                self._watched.take_all(rows)
            return rows

        def fetchall(self) -> Any:
            rows = super().fetchall()
            if self._watched is not None:
                self._watched.take_all(rows)
            return rows

        def __next__(self) -> Any:
            row = super().__next__()
            if self._watched is not None:
                self._watched.take(row)
            return row

        def _watch(self, run: Callable[..., Any], query: Any, parameters: Any, named: Any, *, many: bool) -> Any:
            if self.diglot_from_sqlalchemy:
                return run(query, *parameters, **named)
            given = parameters[0] if parameters else next(iter(named.values()), None)
            watched = self._watched = type(self).diglot_observer(str(query), given, many)
            if watched is None:
                return run(query, *parameters, **named)
            try:
                result = run(query, *parameters, **named)
            except BaseException as error:
                watched.fail(error)
                raise
            watched.done()
            if self.description is not None:
                watched.columns = [column[0] for column in self.description]
            elif self.rowcount >= 0:
                watched.rowcount = self.rowcount
            return result

    return ObservedCursor
