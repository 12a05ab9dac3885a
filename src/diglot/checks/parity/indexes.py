"""Compare the indexes of one table that belong to no constraint."""

from collections.abc import Mapping
from dataclasses import replace

from diglot.checks.parity.comparison import Comparison
from diglot.checks.parity.matching import grouped
from diglot.checks.parity.sides import Side
from diglot.schema.logical import Index, Table, Unique


def split_indexes(table: Table) -> tuple[tuple[Unique, ...], tuple[Index, ...]]:
    """Return a table's unique constraints, with the unique indexes that are no more than that, and other indexes."""
    plain = [index for index in table.indexes if _is_constraint(index)]
    made = tuple(
        Unique(tuple(key.column for key in index.keys), index.nulls_not_distinct, name=index.name, index=True)
        for index in plain
    )
    return (*_telling(table), *made), tuple(index for index in table.indexes if index not in plain)


def _telling(table: Table) -> tuple[Unique, ...]:
    """Return the unique constraints without those that say nothing new.

    `Column(primary_key=True, unique=True)` writes a UNIQUE beside the key, and `unique=True` with a UniqueConstraint
    writes two: of CREATE TABLE both databases keep one, under the first name.
    """
    key = table.primary_key.columns if table.primary_key else ()
    found: dict[tuple[tuple[str, ...], bool, bool], Unique] = {}
    for one in table.uniques:
        if one.columns != key or one.deferrable:
            kept = found.setdefault((one.columns, one.nulls_not_distinct, one.deferrable), one)
            found[one.columns, one.nulls_not_distinct, one.deferrable] = replace(kept, name=kept.name or one.name)
    return tuple(found.values())


def _is_constraint(index: Index) -> bool:
    whole = all(key.column and not key.collation and not key.operators for key in index.keys)
    return index.unique and whole and index.predicate is None and not index.included and index.method == "btree"


def compare_indexes(comparison: Comparison, indexes: Mapping[Side, tuple[Index, ...]]) -> None:
    """Compare every index of any side."""
    parts = _Parts(comparison)
    keys = [
        lambda one: (parts.content(one), one.name),
        parts.content,
        lambda one: one.name,
        lambda one: (parts.keys(one), one.unique),
    ]
    for group in grouped(indexes, keys):
        name = next((one.name for one in group.values() if one.name), None)
        thing = f"index {name}" if name else str(next(iter(group.values())))
        if comparison.exists("index-missing", thing, group):
            parts.compare(thing, group)


class _Parts:
    """What an index is compared by."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._filters = replace(comparison.reading, filters=True)

    def keys(self, index: Index) -> tuple[tuple[str, bool], ...]:
        """Return the keys and their directions."""
        reading = self._comparison.reading
        return tuple((self._key(key.column, key.expression, reading), key.descending) for key in index.keys)

    def _key(self, column: str, expression: object, reading: object) -> str:
        del reading
        if column:
            return column
        return self._comparison.form(expression, self._comparison.reading)  # type: ignore[arg-type]

    def content(self, index: Index) -> tuple[object, ...]:
        """Return everything that both dialects have of an index."""
        return self.keys(index), index.unique, self._comparison.form(index.predicate, self._filters)

    def compare(self, thing: str, group: Mapping[Side, Index]) -> None:
        """Compare an index that all sides have."""
        check = self._comparison.compare
        check("index", thing, dict(group), lambda one, other: self.keys(one) == self.keys(other))
        check("index-unique", thing, {s: one.unique for s, one in group.items()}, show=_unique)
        equal = self._comparison.same_expression(self._filters)
        check("index-predicate", thing, {s: one.predicate for s, one in group.items()}, equal)
        check("index-nulls", thing, {s: one.nulls_not_distinct for s, one in group.items()})
        check("index-collation", thing, {s: ", ".join(k.collation for k in one.keys) for s, one in group.items()})
        for aspect, values in (
            ("index-method", {s: one.method for s, one in group.items()}),
            ("index-operators", {s: ", ".join(key.operators for key in one.keys) for s, one in group.items()}),
            ("index-included", {s: ", ".join(one.included) for s, one in group.items()}),
            ("index-nulls-order", {s: ", ".join(key.nulls for key in one.keys) for s, one in group.items()}),
        ):
            check(aspect, thing, values, show=lambda text: text.strip(", ") or "the default")
        check("index-name", thing, {s: one.name for s, one in group.items()})


def _unique(unique: bool) -> str:
    return "UNIQUE" if unique else "not unique"
