"""Write one row: when the server refuses it, the columns that it blames take their next candidates."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from diglot.checks.rows.slots import Slot, Value
from diglot.checks.rows.tables import Table
from diglot.dialects import postgresql
from diglot.provision.databases import quote

_MOST_TRIES = 300
_TAKEN = ("23505", "23P01")
_ABOUT_VALUES = ("22", "23", "0A")  # data, constraints, and types that the server was built without
_OUT_OF_RANGE = "22"  # a far-fetched candidate; what the constraint said before tells more
_BEFORE = "SAVEPOINT attempt; "


class Refused(Exception):
    """No way was found to write the row. taken: whether other values of the same kind may do."""

    def __init__(self, reason: str, *, taken: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.taken = reason, taken


def write_row(cursor: Any, table: Table, slots: Sequence[Slot]) -> None:
    """Write one row inside the open transaction; raises Refused with the server's last word."""
    chosen = [0] * len(slots)
    blamed: frozenset[int] = frozenset()
    ways: Iterator[list[int]] = iter(())
    reason, state = "", ""
    for _ in range(_MOST_TRIES):
        values = _values(slots, chosen)
        error = attempt(cursor, _insert(table, values))
        if error is None:
            return
        state = str(getattr(error, "pgcode", None) or "")
        if not reason or not state.startswith(_OUT_OF_RANGE):
            reason = first_line(error)
        if state[:2] not in _ABOUT_VALUES or state in _TAKEN:
            break
        now = _blamed(table, slots, values, error)
        if not now <= blamed:
            blamed = now | blamed if now & blamed else now
            ways = _other_ways(slots, chosen, sorted(blamed))
        following = next(ways, None)
        if following is None:
            break
        chosen = following
    raise Refused(reason, taken=state in _TAKEN)


def attempt(cursor: Any, sql: str) -> Exception | None:
    """Run a statement under a savepoint; return the error, after which the transaction goes on."""
    try:
        cursor.execute(f"{_BEFORE}{sql}; RELEASE SAVEPOINT attempt")
    except postgresql.Error as error:
        cursor.execute("ROLLBACK TO SAVEPOINT attempt")
        return error
    return None


def literal(value: Value) -> str:
    """Return a value as SQL writes it, to be read as whatever the column is."""
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def first_line(error: Exception) -> str:
    """Return what the server said, in one line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].strip()


def _values(slots: Sequence[Slot], chosen: Sequence[int]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for slot, index in zip(slots, chosen, strict=True):
        found.update(slot.values(index))
    return found


def _insert(table: Table, values: Mapping[str, Value]) -> str:
    if not values:
        return f"INSERT INTO {table.sql} DEFAULT VALUES"
    cells = ", ".join(map(literal, values.values()))
    return f"{_head(table, values)}{cells})"


def _head(table: Table, values: Mapping[str, Value]) -> str:
    return f"INSERT INTO {table.sql} ({', '.join(map(quote, values))}) VALUES ("  # noqa: S608 - quoted


def _blamed(table: Table, slots: Sequence[Slot], values: Mapping[str, Value], error: Any) -> frozenset[int]:
    """Return the numbers of the slots that the server's words point to; all of them when they point nowhere."""
    told = error.diag
    columns: set[str | None] = set()
    if told.statement_position:
        columns = {_column_at(table, values, int(told.statement_position))}
    elif told.column_name:
        columns = {told.column_name}
    elif told.datatype_name:
        columns = {one.name for one in table.columns if one.type.name == told.datatype_name}
    elif told.constraint_name:
        known = {one.name: one.columns for one in table.checks} | {one.name: one.columns for one in table.foreign_keys}
        columns = set(known.get(told.constraint_name, ()))
    elif table.partition_key and error.pgcode == "23514":
        columns = {one.name for one in table.columns if one.name in table.partition_key}
    found = {at for at, slot in enumerate(slots) if columns & set(slot.columns)}
    return frozenset(found if columns else range(len(slots)))


def _column_at(table: Table, values: Mapping[str, Value], position: int) -> str | None:
    """Return the column whose literal stands at a position of what was sent, counted in characters from 1."""
    end = len(_BEFORE) + len(_head(table, values))
    for name, value in values.items():
        end += len(literal(value)) + len(", ")
        if position <= end:
            return name
    return None


def _other_ways(slots: Sequence[Slot], chosen: Sequence[int], blamed: Sequence[int]) -> Iterator[list[int]]:
    """Yield other choices for the blamed slots: one of them moved, all moved alike, then everything."""
    sizes = {at: len(slots[at].choices) for at in blamed}
    for at in blamed:
        for index in range(sizes[at]):
            if index != chosen[at]:
                yield [index if place == at else one for place, one in enumerate(chosen)]
    for index in range(1, max(sizes.values(), default=0)):
        yield [min(index, sizes[place] - 1) if place in sizes else one for place, one in enumerate(chosen)]
    for combination in itertools.product(*(range(sizes[at]) for at in blamed)):
        moved = dict(zip(blamed, combination, strict=True))
        yield [moved.get(place, one) for place, one in enumerate(chosen)]
