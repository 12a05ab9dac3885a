"""Compare the columns of one table: what they hold, whether they may be NULL, and where their values come from."""

from collections.abc import Mapping
from dataclasses import replace

from diglot.checks.parity.comparison import Comparison
from diglot.checks.parity.sides import Side
from diglot.schema.logical import NUMBER_FAMILIES, Column, Expression, LogicalType
from diglot.schema.read_metadata import UNSAYABLE

_TEXTS = frozenset({"text", "varchar"})
_ASPECTS = ("type", "width", "length", "precision", "timezone", "labels")


def compare_columns(comparison: Comparison) -> None:
    """Compare every column of any side, in the order of the first side that has it."""
    names = dict.fromkeys(column.name for table in comparison.tables.values() for column in table.columns)
    for name in names:
        group = {side: table.by_name[name] for side, table in comparison.tables.items() if name in table.by_name}
        thing = f"column {name}"
        if comparison.exists("column-missing", thing, group, show=_shown) and group:
            _compare_type(comparison, thing, group)
            _compare_facts(comparison, thing, group)
            _compare_values(comparison, thing, group)


def _shown(column: Column) -> str:
    return f"{column.type}{'' if column.nullable else ' NOT NULL'}"


def _compare_type(comparison: Comparison, thing: str, group: Mapping[Side, Column]) -> None:
    """Compare the types, aspect by aspect, and say the first in which they differ."""
    values = {side: column.type for side, column in group.items()}
    name = next(iter(group.values())).name
    for aspect in _ASPECTS:
        kind = {"width": "type", "labels": "enum-labels"}.get(aspect, aspect)

        def equal(one: LogicalType, other: LogicalType, aspect: str = aspect) -> bool:
            return aspect not in type_differences(one, other)

        if not comparison.compare(aspect, thing, values, equal, column=name, kind=kind, declared_apart=True):
            return


def type_differences(one: LogicalType, other: LogicalType) -> tuple[str, ...]:
    """Return the aspects in which two types differ: type, width, length, precision, timezone, labels."""
    if UNSAYABLE in {one.family, other.family}:
        return ()
    found = []
    if one.family != other.family or one.name != other.name:
        found.append("type")
        if {one.family, other.family} - _TEXTS:
            return tuple(found)
    if one.length != other.length:
        found.append("length")
    if (one.precision, one.scale) != (other.precision, other.scale):
        by_width = one.family in NUMBER_FAMILIES - {"numeric"}
        found.append("width" if by_width else "precision")
    if one.timezone != other.timezone:
        found.append("timezone")
    if one.labels != other.labels:
        found.append("labels")
    if one.item is not None and other.item is not None and type_differences(one.item, other.item):
        found.append("type")
    return tuple(found)


def _compare_facts(comparison: Comparison, thing: str, group: Mapping[Side, Column]) -> None:
    name = next(iter(group.values())).name
    comparison.compare(
        "nullable",
        thing,
        {side: column.nullable for side, column in group.items()},
        show=lambda nullable: "NULL" if nullable else "NOT NULL",
        column=name,
    )
    comparison.compare(
        "generator",
        thing,
        {side: column.generator for side, column in group.items()},
        show=lambda generator: generator or "numbers no rows",
        column=name,
        # SQLite numbers an INTEGER PRIMARY KEY in any case; autoincrement=False says that nobody relies on it.
        declared_apart=any(column.numbered_by_hand for column in group.values()),
    )
    comparison.compare(
        "collation",
        thing,
        {side: column.collation for side, column in group.items()},
        show=lambda collation: collation or "the default",
        column=name,
        declared_apart=True,
    )


def _compare_values(comparison: Comparison, thing: str, group: Mapping[Side, Column]) -> None:
    """Compare where a value comes from that nobody gives: a default, or a computation."""
    first = next(iter(group.values()))
    known = comparison.reading.columns[first.name]
    reading = replace(comparison.reading, of=known.type)
    defaults = {side: _default(column, comparison, reading.of) for side, column in group.items()}
    equal = comparison.same_expression(reading)
    comparison.compare("default", thing, defaults, equal, column=first.name)
    generated = {side: column.generated for side, column in group.items()}
    expressions = {side: one.expression if one else None for side, one in generated.items()}
    if comparison.compare("generated", thing, expressions, equal, column=first.name) and all(generated.values()):
        comparison.compare(
            "generated-storage",
            thing,
            {side: one.stored if one else None for side, one in generated.items()},
            show=lambda stored: "STORED" if stored else "VIRTUAL",
            column=first.name,
        )


def _default(column: Column, comparison: Comparison, kind: LogicalType | None) -> Expression | None:
    """Return a column's default; None also for DEFAULT NULL, which says nothing."""
    if column.default is None:
        return None
    form = comparison.form(column.default, replace(comparison.reading, of=kind))
    return None if form == "null" else column.default
