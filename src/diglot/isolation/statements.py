"""Record the SQL statements of a test, so that a test can bound and read them."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExecutionContext


@dataclass(frozen=True)
class Statement:
    """One statement as the driver got it; duration_s covers the driver's call alone."""

    sql: str
    parameters: Any
    executemany: bool
    duration_s: float


class Statements(Sequence[Statement]):
    """The statements run since the test began or since `clear()`, in order."""

    def __init__(self) -> None:
        self._all: list[Statement] = []

    def watch(self, engine: Engine) -> None:
        """Record what `engine` runs from now on."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def clear(self) -> None:
        """Forget what was recorded."""
        self._all = []

    @overload
    def __getitem__(self, index: int) -> Statement: ...
    @overload
    def __getitem__(self, index: slice) -> "list[Statement]": ...
    def __getitem__(self, index: int | slice) -> "Statement | list[Statement]":
        return self._all[index]

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._all)

    def __str__(self) -> str:
        return "\n".join(f"{one.duration_s * 1e3:8.2f} ms  {' '.join(one.sql.split())}" for one in self._all)

    @staticmethod
    def _before(
        _conn: Connection,
        _cursor: object,
        _sql: str,
        _parameters: object,
        context: ExecutionContext | None,
        _many: bool,
    ) -> None:
        if context is not None:
            context._diglot_started = time.perf_counter()  # type: ignore[attr-defined]

    def _after(
        self,
        _conn: Connection,
        _cursor: object,
        sql: str,
        parameters: object,
        context: ExecutionContext | None,
        many: bool,
    ) -> None:
        started = getattr(context, "_diglot_started", None)
        duration = 0.0 if started is None else time.perf_counter() - started
        self._all.append(Statement(sql, parameters, many, duration))
