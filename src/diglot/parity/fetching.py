"""See the rows that the application fetches through SQLAlchemy, without fetching any that it does not."""

from functools import cache
from typing import Any

from sqlalchemy.engine.cursor import CursorResult, ResultFetchStrategy

from diglot.dialects.observed import FROM_SQLALCHEMY


@cache
def observed_context(base: type[Any]) -> type[Any]:
    """Return a subclass of a dialect's execution context whose results keep what is fetched from them.

    Only statements that a recorder has marked with `diglot_recorded` are observed; a context that is observed
    already is returned as it is.
    """
    if getattr(base, "diglot_observed", False):
        return base

    class ObservedContext(base):  # type: ignore[misc]  # the base is a value
        diglot_observed = True

        def create_cursor(self) -> Any:
            cursor = super().create_cursor()
            if hasattr(cursor, FROM_SQLALCHEMY):
                setattr(cursor, FROM_SQLALCHEMY, True)
            return cursor

        def _setup_result_proxy(self) -> Any:
            result = super()._setup_result_proxy()
            recorded = getattr(self, "diglot_recorded", None)
            if recorded is not None and not result._soft_closed and result._metadata.returns_rows:
                recorded.columns = result._metadata.keys
                recorded.processors = result._metadata._effective_processors
                result.cursor_strategy = ObservedFetching(result.cursor_strategy, recorded)
            return result

    return ObservedContext


class ObservedFetching(ResultFetchStrategy):
    """Keeps each row that another strategy fetches."""

    __slots__ = ("_inner", "_recorded")

    def __init__(self, inner: ResultFetchStrategy, recorded: Any) -> None:
        self._inner, self._recorded = inner, recorded

    @property
    def alternate_cursor_description(self) -> Any:  # type: ignore[override]  # read-only here
        """What the inner strategy says of the columns."""
        return self._inner.alternate_cursor_description

    def soft_close(self, result: CursorResult[Any], dbapi_cursor: Any) -> None:
        """Close the inner strategy, which puts another in its place."""
        self._inner.soft_close(result, dbapi_cursor)

    def hard_close(self, result: CursorResult[Any], dbapi_cursor: Any) -> None:
        """Close the inner strategy, which puts another in its place."""
        self._inner.hard_close(result, dbapi_cursor)

    def yield_per(self, result: CursorResult[Any], dbapi_cursor: Any, num: int) -> None:
        """Let the inner strategy be replaced by one that buffers, and observe that one."""
        self._inner.yield_per(result, dbapi_cursor, num)
        if result.cursor_strategy is not self:
            result.cursor_strategy = ObservedFetching(result.cursor_strategy, self._recorded)

    def fetchone(self, result: CursorResult[Any], dbapi_cursor: Any, hard_close: bool = False) -> Any:
        """Fetch and keep one row."""
        row = self._inner.fetchone(result, dbapi_cursor, hard_close)
        if row is not None:
            self._recorded.take(row)
        return row

    def fetchmany(self, result: CursorResult[Any], dbapi_cursor: Any, size: int | None = None) -> Any:
        """Fetch and keep some rows."""
        rows = self._inner.fetchmany(result, dbapi_cursor, size)
        self._recorded.take_all(rows)
        return rows

    def fetchall(self, result: CursorResult[Any], dbapi_cursor: Any) -> Any:
        """Fetch and keep the rows that are left."""
        rows = self._inner.fetchall(result, dbapi_cursor)
        self._recorded.take_all(rows)
        return rows

    def handle_exception(self, result: CursorResult[Any], dbapi_cursor: Any, err: BaseException) -> Any:
        """Let the inner strategy say what the error means."""
        return self._inner.handle_exception(result, dbapi_cursor, err)
