"""Both databases at once: make the same call on each, and go back to the template's state."""

import copy
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Table, event

from diglot.differential.operations import Call, Step
from diglot.differential.outcome import Group, Outcome, Tree, tree_of
from diglot.isolation.facade import Diglot
from diglot.parity.record import failure_of

_WRITES = re.compile(
    r"\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|DELETE\s+FROM)\s+[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_MOST_KEYS = 50

_CURRENT: ContextVar["Lockstep | None"] = ContextVar("diglot_lockstep", default=None)


class Lockstep:
    """A database on each dialect, both as the template is after every `reset`.

    lend: lends one dialect's database until its block ends, and undoes there what was done with it.
    tables: by name, for tables that are written by text; those written through Core or the ORM are seen anyhow.
    say: is told in words what a run has tried.
    """

    sqlite: Diglot
    postgresql: Diglot

    def __init__(
        self,
        lend: Callable[[str], AbstractContextManager[Diglot]],
        tables: Mapping[str, Table] | None = None,
        say: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._lend = lend
        self._tables = dict(tables or {})
        self._touched: dict[str, Table] = {}
        self._lent = ExitStack()
        self.say = say
        self.began = dt.datetime.now(dt.UTC)
        self.reset()

    def reset(self) -> None:
        """Undo on both sides all that was done since the last reset.

        Raises EscapedTransaction (DG401) when it could not be undone; the database has been made anew then.
        """
        self.close()
        self._touched = {}
        self.began = dt.datetime.now(dt.UTC)
        try:
            self.sqlite, self.postgresql = (self._lent.enter_context(self._watched(name)) for name in _SIDES)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give both databases back."""
        self._lent.close()

    def run(self, call: Call) -> Step:
        """Make the call on SQLite, then on Postgres, each in a transaction that its failure rolls back.

        Each side gets a copy of the arguments: what one changes, the other does not see.
        """
        sqlite, postgresql = (self._attempt(side, call) for side in (self.sqlite, self.postgresql))
        return Step(call, sqlite, postgresql)

    def contents(self) -> dict[str, tuple[Outcome, Outcome]]:
        """Return what each side holds in every table that was written to since the last reset."""
        tables = sorted(_with_dependents(self._touched).items())
        return {name: (_content(self.sqlite, table), _content(self.postgresql, table)) for name, table in tables}

    def keys(self, column: Column[Any]) -> list[Any]:
        """Return values of `column` that both sides hold, in a stable order, a limited number of them."""
        statement = sa.select(column).where(column.is_not(None)).distinct().limit(_MOST_KEYS)
        found: list[list[Any]] = []
        for side in (self.sqlite, self.postgresql):
            with side.connect() as connection:
                found.append(list(connection.scalars(statement)))
        return sorted((value for value in found[0] if value in found[1]), key=repr)

    @contextmanager
    def current(self) -> Iterator[None]:
        """Let strategies draw from what these databases hold, while the block lasts."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)

    def _attempt(self, side: Diglot, call: Call) -> Outcome:
        arguments = {name: copy.deepcopy(value) for name, value in call.arguments.items()}
        return _observed(lambda: call.operation.run(side, arguments))

    @contextmanager
    def _watched(self, name: str) -> Iterator[Diglot]:
        """Lend a database, and note which tables are written to."""

        def note(_conn: object, _cursor: object, sql: str, _parameters: object, context: Any, _many: bool) -> None:
            table = getattr(getattr(getattr(context, "compiled", None), "statement", None), "table", None)
            written = [table] if isinstance(table, Table) else map(self._tables.get, _WRITES.findall(sql))
            self._touched.update({one.fullname: one for one in written if one is not None})

        with self._lend(name) as side:
            event.listen(side.engine, "before_cursor_execute", note)
            try:
                yield side
            finally:
                event.remove(side.engine, "before_cursor_execute", note)


_SIDES = ("sqlite", "postgresql")


def current_lockstep() -> Lockstep | None:
    """Return the lockstep whose operations are being generated, if there is one."""
    return _CURRENT.get()


def _observed(act: Callable[[], Tree]) -> Outcome:
    try:
        return Outcome(tree=act())
    except Exception as error:
        if type(error).__module__.partition(".")[0] == "hypothesis":  # `assume` in an operation is no outcome
            raise
        return Outcome(failure=failure_of(error))


def _content(side: Diglot, table: Table) -> Outcome:
    return _observed(lambda: _rows(side, table))


def _rows(side: Diglot, table: Table) -> Tree:
    """Return a table's rows, in the order of their primary key, as far as Python can sort it."""
    with side.connect() as connection:
        rows = connection.execute(sa.select(table)).all()
    keys = [column.key for column in table.primary_key] or [column.key for column in table.c]
    rows = sorted(rows, key=lambda row: [str(row._mapping[table.c[key]]) for key in keys])
    return Group("table", tuple((f"[{index}]", tree_of(row)) for index, row in enumerate(rows)), "bag")


def _with_dependents(touched: Mapping[str, Table]) -> dict[str, Table]:
    """Return tables, and those that refer to them: what is deleted or renumbered may be so there as well."""
    found = dict(touched)
    pending = list(touched.values())
    while pending:
        parent = pending.pop()
        for table in parent.metadata.tables.values():
            refers = any(_follows(key, parent) for key in table.foreign_keys)
            if refers and table.fullname not in found:
                found[table.fullname] = table
                pending.append(table)
    return found


def _follows(key: sa.ForeignKey, parent: Table) -> bool:
    acts = key.ondelete is not None or key.onupdate is not None
    return acts and key.target_fullname.rpartition(".")[0] == parent.fullname
