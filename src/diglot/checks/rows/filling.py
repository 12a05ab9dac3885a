"""Fill the tables of a migrated database: parents first, and what the server refuses is tried otherwise.

An empty table gets two rows with every column written and one with as little as it takes; a table that has rows
gets one of each, and one when it has many. A table that stays empty is told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from diglot.checks.rows.order import groups
from diglot.checks.rows.slots import Choice, Slot, column_slots, refer, written_columns
from diglot.checks.rows.tables import ForeignKey, Table, TableName, read_tables, shown, sql_name
from diglot.checks.rows.types import TypeReader
from diglot.checks.rows.values import candidates
from diglot.checks.rows.writing import Refused, attempt, first_line, write_row
from diglot.provision.databases import quote

HintsByColumn = Mapping[TableName, Mapping[str, Sequence[str]]]

_KINDS_WHEN_EMPTY = (False, False, True)  # whether the row is sparse
_KINDS_WHEN_FILLED = (False, True)
_KINDS_WHEN_MANY = (False,)
_MANY = 20
_NUMBERS_TRIED = 3
_NUMBERS_APART = 1000
_MOST_PARENTS = 50


@dataclass(frozen=True)
class Filled:
    """What came of it: how many rows were written, and by table why it has no row with all columns, or none."""

    rows: int = 0
    empty: Mapping[TableName, str] = field(default_factory=dict)


def told(empty: Mapping[TableName, str]) -> tuple[str, ...]:
    """Return one sentence for each table that could not be filled."""
    return tuple(
        f"table {shown(name)} could not be filled, so what the chain does to its rows is not known: {reason} "
        f"(rows of your own: [tool.diglot.checks] seed = 'module:function')"
        for name, reason in sorted(empty.items())
    )


class Filler:
    """Writes rows over the connections it is given; it remembers the built-in types, and nothing of a database.

    hints: further values for columns, by table and column.
    """

    def __init__(self, hints: HintsByColumn | None = None) -> None:
        self._types = TypeReader()
        self._hints = hints or {}

    def fill(self, connection: Any, only: Collection[TableName] | None = None) -> Filled:
        """Write rows into all tables or the given ones, and commit; connection: psycopg2, in autocommit."""
        tables = read_tables(connection, self._types, only)
        with connection.cursor() as cursor:
            filling = _Filling(cursor, tables, self._hints)
            cursor.execute("BEGIN; SET CONSTRAINTS ALL IMMEDIATE")
            try:
                for group in groups(tables):
                    filling.fill(group)
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            cursor.execute("COMMIT")
        return Filled(filling.rows, filling.empty)


class _Filling:
    """One transaction's work."""

    def __init__(self, cursor: Any, tables: Mapping[TableName, Table], hints: HintsByColumn) -> None:
        self._cursor, self._tables, self._hints = cursor, tables, hints
        self.rows = 0
        self.empty: dict[TableName, str] = {}

    def fill(self, group: Sequence[Table]) -> None:
        """Fill one table, or several that need each other: those all or none."""
        if len(group) == 1:
            self._fill_table(group[0])
            return
        before = self.rows
        self._cursor.execute("SAVEPOINT cycle; SET CONSTRAINTS ALL DEFERRED")
        for table in group:
            self._fill_table(table)
        error = attempt(self._cursor, "SET CONSTRAINTS ALL IMMEDIATE")
        if error is None:
            self._cursor.execute("RELEASE SAVEPOINT cycle")
            return
        self._cursor.execute("ROLLBACK TO SAVEPOINT cycle")
        self.rows = before
        self.empty.update({table.name: self.empty.get(table.name, first_line(error)) for table in group})

    def _fill_table(self, table: Table) -> None:
        present = self._count(table)
        written = 0
        full = present > 0
        kinds = _KINDS_WHEN_MANY if present > _MANY else _KINDS_WHEN_FILLED if present else _KINDS_WHEN_EMPTY
        for sparse in kinds:
            try:
                self._write(table, present + written + 1, sparse=sparse)
            except Refused as refused:
                if not full:
                    self.empty.setdefault(table.name, refused.reason)
            else:
                written += 1
                full = full or not sparse
        self.rows += written

    def _write(self, table: Table, number: int, *, sparse: bool) -> None:
        """Write a row; one whose values are taken is tried again with a number far from the others."""
        for apart in range(_NUMBERS_TRIED):
            hints = self._hints.get(table.name, {}) if apart == 0 else {}
            slots = self._slots(table, number + apart * _NUMBERS_APART, hints, sparse=sparse)
            try:
                write_row(self._cursor, table, slots)
            except Refused as refused:
                if not refused.taken or apart == _NUMBERS_TRIED - 1:
                    raise
            else:
                return

    def _slots(self, table: Table, number: int, hints: Mapping[str, Sequence[str]], *, sparse: bool) -> list[Slot]:
        slots = column_slots(table, number, sparse=sparse, hints=hints)
        for key in table.foreign_keys:
            written = written_columns(slots)
            if set(key.columns) <= written:
                parents = self._parents(table, key, number) + self._without_parent(table, key)
                if not parents:
                    raise Refused(f"its foreign key {key.name} needs rows in {shown(key.parent)}, which has none")
                slots = refer(slots, key, parents)
                if not slots[-1].choices:
                    raise Refused(f"its foreign key {key.name} finds no row that fits its other foreign keys")
        return slots

    def _parents(self, table: Table, key: ForeignKey, number: int) -> list[Choice]:
        """Return what the key may refer to, another first one for each row; a row may refer to itself, too."""
        names = [quote(name) for name in key.referred]
        cells = ", ".join(f"{name}::text" for name in names)
        present = " AND ".join(f"{name} IS NOT NULL" for name in names)
        self._cursor.execute(
            f"SELECT DISTINCT {cells} FROM {sql_name(key.parent)} WHERE {present} ORDER BY {cells} "  # noqa: S608
            f"LIMIT {_MOST_PARENTS}"
        )
        found = [tuple(row) for row in self._cursor.fetchall()]
        if not found and (key.deferrable or key.parent == table.name):
            return self._promised(key, number)
        turned = (number - 1) % len(found) if found else 0
        return found[turned:] + found[:turned]

    def _promised(self, key: ForeignKey, number: int) -> list[Choice]:
        """Return what the parent's row of the same number will have, if nobody but us decides it."""
        parent = self._tables.get(key.parent)
        columns = {column.name: (place, column) for place, column in enumerate(parent.columns)} if parent else {}
        chosen = [columns[name] for name in key.referred if name in columns]
        if len(chosen) < len(key.referred) or any(column.numbered or column.computed for _, column in chosen):
            return []
        found = [candidates(column.type, column.name, number, place) for place, column in chosen]
        return [tuple(values[0] for values in found)] if all(found) else []

    def _without_parent(self, table: Table, key: ForeignKey) -> list[Choice]:
        """Return the choice of no parent: NULL in every column that takes it."""
        nullable = {column.name for column in table.columns if column.nullable}
        return [tuple(None for _ in key.columns)] if set(key.columns) <= nullable else []

    def _count(self, table: Table) -> int:
        self._cursor.execute(f"SELECT count(*) FROM {table.sql}")  # noqa: S608 - a name from the catalogue, quoted
        return int(self._cursor.fetchone()[0])
