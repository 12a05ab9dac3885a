"""Let an observer see what an application does with the driver's own cursors, past SQLAlchemy.

The cursors that SQLAlchemy opens for itself are marked, and left alone: what runs through it is seen better
where it knows the types.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
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
    base: Any = connection.cursor_factory or type(connection.cursor())
    connection.cursor_factory = _observed(getattr(base, "diglot_base", base), observer)


@lru_cache(maxsize=64)
def _observed(base: type[Any], observer: Observer) -> type[Any]:
    """Return the driver's class of cursors with one who looks on; a recorder's observer equals itself."""
    members = {"diglot_base": base, "diglot_observer": staticmethod(observer)}
    return type(f"Observed{base.__name__}", (_Observing, base), members)


class _Observing:
    """What stands in front of a driver's cursor; each method calls the driver's own."""

    diglot_observer: Observer
    diglot_from_sqlalchemy = False
    description: Any
    rowcount: int
    _watched: Watched | None = None

    @property
    def _driver(self) -> Any:
        """The driver's own methods."""
        return super()

    def execute(self, query: Any, *parameters: Any, **named: Any) -> Any:
        return self._watch(self._driver.execute, query, parameters, named, many=False)

    def executemany(self, query: Any, *parameters: Any, **named: Any) -> Any:
        return self._watch(self._driver.executemany, query, parameters, named, many=True)

    def fetchone(self) -> Any:
        row = self._driver.fetchone()
        if self._watched is not None and row is not None:
            self._watched.take(row)
        return row

    def fetchmany(self, *size: Any, **named: Any) -> Any:
        rows = self._driver.fetchmany(*size, **named)
        if self._watched is not None:
            self._watched.take_all(rows)
        return rows

    def fetchall(self) -> Any:
        rows = self._driver.fetchall()
        if self._watched is not None:
            self._watched.take_all(rows)
        return rows

    def __iter__(self) -> Any:
        return self if self._watched is not None else self._driver.__iter__()

    def __next__(self) -> Any:
        row = self._driver.__next__()
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
