"""Record the statements of a run on SQLite, as `diglot.parity.traced` keeps them.

A construct that SQLAlchemy compiled for SQLite is compiled for Postgres at once, while it and its parameters are at
hand. What SQLAlchemy asks for itself, to learn about tables, is left out.
"""

import copy
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from diglot.dialects.observed import Watched, observe
from diglot.frames import application_frame
from diglot.parity.traced import UNKNOWN, Traced, encodable, type_of, types_of

_MOST_SETS = 100
_MOST_COMPILED = 512
_ASKING = ("sqlalchemy.dialects.", "sqlalchemy.engine.reflection")

_Types = tuple[tuple[str, str], ...]


class Tracer:
    """Keeps each distinct statement once. test: the running test's id; while it is "", nothing is kept."""

    def __init__(self, driver: str) -> None:
        self._dialect = make_url(f"postgresql+{driver}://").get_dialect()()
        self._found: dict[tuple[object, ...], Traced] = {}
        self._compiled: dict[int, tuple[Any, Any, str]] = {}
        self._chained: dict[object, Callable[[str, Any, bool], Watched | None]] = {}
        self.test = ""

    @property
    def found(self) -> tuple[Traced, ...]:
        """What was kept, in the order in which it was first seen."""
        return tuple(self._found.values())

    def watch(self, engine: Engine) -> None:
        """Record what `engine` runs from now on, through SQLAlchemy and through its driver's own cursors."""
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "checkout", self._checkout)

    # -- what SQLAlchemy tells -----------------------------------------------------------------

    def _before(self, _conn: Connection, _cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        if not self.test or _asked_by_sqlalchemy():
            return
        compiled = context.compiled
        if compiled is None:
            self._keep_sent("driver", sql, parameters, many=many)
            return
        postgres, problem = self._for_postgres(compiled)
        is_text = isinstance(compiled.statement, TextClause)
        kind = "text" if is_text else "ddl" if context.isddl else "compiled"
        written = compiled.statement.text if is_text else ""
        if postgres is None:
            self._keep(kind, written or sql, "", (), problem)
            return
        sets = [{}] if context.isddl else context.compiled_parameters[:_MOST_SETS]
        cached = _of_the_cache(compiled, context)
        for rendered, types in dict.fromkeys(_rendered(postgres, {**cached, **one}) for one in sets or [{}]):
            self._keep(kind, written or rendered, rendered, types, problem)

    def _for_postgres(self, compiled: Any) -> tuple[Any, str]:
        """Compile the same construct for Postgres; return it, or why that cannot be done."""
        known = self._compiled.get(id(compiled))
        if known is not None:
            return known[1], known[2]
        postgres, problem = None, ""
        keys = {"column_keys": compiled.column_keys} if getattr(compiled, "column_keys", None) else {}
        try:
            postgres = compiled.statement.compile(dialect=self._dialect, **keys)
        except Exception as error:  # noqa: BLE001 - whatever a compiler raises, Postgres has no such statement
            problem = f"{type(error).__name__}: {' '.join(str(error).split())}"
            postgres = self._upsert(compiled.statement, keys)
        if len(self._compiled) >= _MOST_COMPILED:
            self._compiled.clear()
        self._compiled[id(compiled)] = (compiled, postgres, problem)  # kept alive, so that its id stays its own
        return postgres, problem

    def _upsert(self, statement: Any, keys: dict[str, Any]) -> Any:
        """Compile SQLite's own INSERT ... ON CONFLICT as that of Postgres; None when it is not one.

        An application that picks `insert()` by its dialect runs Postgres's there; the two mean the same.
        """
        clause = getattr(statement, "_post_values_clause", None)
        if clause is None or hasattr(clause, "constraint_target"):
            return None
        twin, clause = copy.copy(statement), copy.copy(clause)
        clause.constraint_target = None
        twin._post_values_clause = clause
        try:
            return twin.compile(dialect=self._dialect, **keys)
        except Exception:  # noqa: BLE001 - then the first error is the one to tell
            return None

    # -- what raw cursors tell -----------------------------------------------------------------

    def _checkout(self, connection: Any, _record: object, _proxy: object) -> None:
        if not hasattr(connection, "cursor_factory"):
            return  # an engine that is not the harness's own: its raw cursors cannot be seen
        before = getattr(connection.cursor_factory, "diglot_observer", None)
        chained = self._chained.get(before)
        if chained is None and before not in self._chained.values():
            chained = self._chained[before] = self._chain(before)
        if chained is not None:
            observe(connection, chained)

    def _chain(
        self, before: Callable[[str, Any, bool], Watched | None] | None
    ) -> Callable[[str, Any, bool], Watched | None]:
        """Look at a raw cursor first, and let whoever looked before look as well."""

        def look(sql: str, parameters: Any, many: bool) -> Watched | None:
            if self.test and not _opened_by_sqlalchemy():
                self._keep_sent("cursor", sql, parameters, many=many)
            return None if before is None else before(sql, parameters, many)

        return look

    # -- keeping -------------------------------------------------------------------------------

    def _keep_sent(self, kind: str, sql: str, parameters: Any, *, many: bool) -> None:
        sets = list(parameters or ())[:_MOST_SETS] if many and isinstance(parameters, list | tuple) else [parameters]
        for types in dict.fromkeys(types_of(one) for one in sets or [()]):
            self._keep(kind, sql, sql, types)

    def _keep(self, kind: str, sql: str, rendered: str, types: _Types, problem: str = "") -> None:
        site = application_frame()
        if site is None:
            return
        one = Traced(kind, encodable(sql), encodable(rendered), types, problem, *site, self.test)
        self._found.setdefault(one.telling, one)


def _of_the_cache(compiled: Any, context: Any) -> dict[str, Any]:
    """Return this run's values for a construct out of SQLAlchemy's cache, which holds those of its first run."""
    key, extracted = getattr(compiled, "cache_key", None), getattr(context, "extracted_parameters", None)
    if key is None or not extracted:
        return {}
    return {first.key: now.effective_value for first, now in zip(key[1], extracted, strict=False)}


def _rendered(postgres: Any, parameters: Any) -> tuple[str, _Types]:
    """Return what the driver of Postgres would get, and its parameters' types after bind processing."""
    if not hasattr(postgres, "construct_expanded_state"):
        return str(postgres), ()
    names = set(postgres.bind_names.values()) | {bind.key for bind in postgres.bind_names}
    known = {name: value for name, value in parameters.items() if name in names}
    try:
        state = postgres.construct_expanded_state(known)
    except SQLAlchemyError:  # a value that only the two dialects' own names could pair
        return str(postgres), ()
    processors = {**postgres._bind_processors, **state.processors}
    types = tuple((name, _sent(processors.get(name), value)) for name, value in state.parameters.items())
    return state.statement, types


def _sent(process: Callable[[Any], Any] | None, value: Any) -> str:
    if process is None:
        return type_of(value)
    try:
        return type_of(process(value))
    except Exception:  # noqa: BLE001 - a processor may be the application's own; its type is then not known
        return UNKNOWN


def _opened_by_sqlalchemy() -> bool:
    """Whether it is SQLAlchemy that runs the cursor, which then tells of it itself."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("diglot."):
        frame = frame.f_back
    return frame is not None and str(frame.f_globals.get("__name__", "")).startswith("sqlalchemy.")


def _asked_by_sqlalchemy() -> bool:
    """Whether SQLAlchemy itself asks, on behalf of an inspection, and not the application."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(_ASKING):
            return True
        if not name.startswith(("sqlalchemy.", "diglot.")):
            return False
        frame = frame.f_back
    return False
