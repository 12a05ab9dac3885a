"""What one row can be made of: its columns in slots that are decided together, each with its candidates in order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from diglot.checks.rows.hints import hints_of, partition_hints
from diglot.checks.rows.tables import Column, ForeignKey, Table
from diglot.checks.rows.values import candidates

Value = str | None
"""The text of a value; None is NULL."""
Choice = tuple[Value, ...]

_TEXTS = ("text", "varchar", "bpchar", "citext", "name", "char")
_NUMBERS = ("int2", "int4", "int8", "numeric", "float4", "float8", "money")


@dataclass(frozen=True)
class Slot:
    """Columns that are decided together: one, or those of a foreign key."""

    columns: tuple[str, ...]
    choices: tuple[Choice, ...]

    def values(self, chosen: int) -> dict[str, Value]:
        """Return the values of one choice, by column."""
        return dict(zip(self.columns, self.choices[chosen], strict=True))


def column_slots(table: Table, number: int, *, sparse: bool, hints: Mapping[str, Sequence[str]]) -> list[Slot]:
    """Return a slot for each column that a row writes, before foreign keys are looked at.

    number: of the row. sparse: leave out what may be left out. hints: further values, by column.
    """
    bounds = partition_hints(table.partition_key, table.partitions) if table.partitions else {}
    slots = []
    for place, column in enumerate(table.columns):
        if column.computed or column.numbered or (sparse and (column.nullable or column.has_default)):
            continue
        known = [*bounds.get(column.name, ()), *_turned(list(hints.get(column.name, ())), number)]
        values = _values(table, column, number, place, known)
        choices = [(value,) for value in values] + ([(None,)] if column.nullable else [])
        if choices:
            slots.append(Slot((column.name,), tuple(choices)))
    return slots


def refer(slots: list[Slot], key: ForeignKey, parents: Sequence[Choice]) -> list[Slot]:
    """Return the slots with a foreign key's columns in one slot, which takes rows of the parent's.

    A slot that shares a column with the key keeps only what fits both. parents: values of the key's columns.
    """
    meeting = [slot for slot in slots if set(slot.columns) & set(key.columns)]
    others = [slot for slot in slots if slot not in meeting]
    joined = Slot(key.columns, tuple(parents))
    for slot in meeting:
        joined = _join(joined, slot, keeps_free=len(slot.columns) == 1)
    return [*others, joined]


def written_columns(slots: Iterable[Slot]) -> set[str]:
    """Return the columns that the slots write."""
    return {name for slot in slots for name in slot.columns}


def _join(key: Slot, slot: Slot, *, keeps_free: bool) -> Slot:
    """A lone column takes the key's values; a key's columns must agree with the other key's."""
    if keeps_free and slot.columns[0] in key.columns:
        return key
    columns = tuple(dict.fromkeys((*key.columns, *slot.columns)))
    found = []
    for one in range(len(key.choices)):
        for other in range(len(slot.choices)):
            mine, theirs = key.values(one), slot.values(other)
            if all(mine[name] == theirs[name] for name in set(mine) & set(theirs)):
                found.append(tuple({**theirs, **mine}[name] for name in columns))
    return Slot(columns, tuple(found))


def _values(table: Table, column: Column, number: int, place: int, known: Sequence[str]) -> tuple[str, ...]:
    texts = [check.text for check in table.checks if column.name in check.columns]
    hints = hints_of([*texts, *column.type.all_checks])
    telling = candidates(column.type, column.name, number, place)
    base = column.type.base
    if base.name in _TEXTS and base.kind == "base":
        suggested = _turned([*known, *hints.texts], number)
        return tuple(dict.fromkeys([*suggested, *telling]))
    if base.name in _NUMBERS and base.kind == "base":
        return tuple(dict.fromkeys([*known, *telling[:1], *hints.numbers, *telling[1:]]))
    return tuple(dict.fromkeys([*known, *telling, *hints.texts]))


def _turned(values: list[str], number: int) -> list[str]:
    """Another first one in each row, so that rows differ where they can."""
    turned = (number - 1) % len(values) if values else 0
    return values[turned:] + values[:turned]
