"""Compare whole schemas: pair the tables of all sides, then compare each table part by part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from diglot.checks.finding import Finding
from diglot.checks.parity.columns import compare_columns
from diglot.checks.parity.comparison import Comparison
from diglot.checks.parity.constraints import compare_constraints
from diglot.checks.parity.indexes import compare_indexes, split_indexes
from diglot.checks.parity.sides import Side
from diglot.schema.expressions import Reading
from diglot.schema.logical import Column, Schema, Table
from diglot.schema.term import KnownColumn

_ALEMBIC = ("version_num",)
_KNOWING = (Side.SQLITE, Side.DECLARED_SQLITE, Side.DECLARED_POSTGRESQL, Side.POSTGRESQL)


@dataclass(frozen=True)
class Compared:
    """What came of it. tables: how many were compared. unread: expressions that were compared token by token."""

    findings: tuple[Finding, ...]
    tables: int
    unread: tuple[str, ...]


def compare_schemas(
    sqlite: Schema,
    postgresql: Schema,
    declared: tuple[Schema, Schema] | None = None,
    tell: Callable[[str], None] = lambda _text: None,
) -> Compared:
    """Compare two databases, and both with what the metadata declares for SQLite and for Postgres.

    tell: takes one line for each table. Alembic's version table is left out.
    """
    schemas = {Side.SQLITE: sqlite, Side.POSTGRESQL: postgresql}
    if declared is not None:
        schemas = {Side.DECLARED_SQLITE: declared[0], Side.DECLARED_POSTGRESQL: declared[1], **schemas}
    named = _named(schemas)
    names = sorted({name for tables in named.values() for name in tables})
    findings: list[Finding] = []
    unread: set[str] = set()
    for at, name in enumerate(names, start=1):
        tell(f"{at} of {len(names)}, {name}")
        comparison = _compare_table(name, named)
        findings += comparison.findings
        unread |= comparison.unread
    return Compared(tuple(findings), len(names), tuple(sorted(unread)))


def _named(schemas: Mapping[Side, Schema]) -> dict[Side, dict[str, Table]]:
    """Return the tables by name; SQLite, which has no schemas, calls `billing.invoices` just `invoices`."""
    found = {
        side: {name: table for name, table in schema.tables.items() if not _is_alembics(table)}
        for side, schema in schemas.items()
    }
    sqlite = found[Side.SQLITE]
    elsewhere = {name for side, tables in found.items() if side is not Side.SQLITE for name in tables}
    for name in sorted(elsewhere - sqlite.keys()):
        bare = name.rpartition(".")[2]
        alone = [one for one in elsewhere if one.rpartition(".")[2] == bare] == [name]
        if bare in sqlite and alone:
            sqlite[name] = sqlite.pop(bare)
    return found


def _is_alembics(table: Table) -> bool:
    """Whether it is Alembic's version table, whatever it is called."""
    return tuple(column.name for column in table.columns) == _ALEMBIC and not table.foreign_keys


def _compare_table(name: str, named: Mapping[Side, Mapping[str, Table]]) -> Comparison:
    tables = {side: listed[name] for side, listed in named.items() if name in listed}
    reading = Reading(_known(tables), table=name)
    there = {side: tables.get(side) for side in named}
    stand_in = Table(name, ())
    whole = Comparison(name, {side: tables.get(side, stand_in) for side in named}, reading)
    whole.compare(
        "table-missing", "", there, lambda one, other: (one is None) == (other is None), show=lambda _: "present"
    )
    if not {Side.SQLITE, Side.POSTGRESQL} & tables.keys() or len(tables) == 1:
        return whole
    comparison = Comparison(name, _shared(tables), reading, whole.findings)
    split = {side: split_indexes(table) for side, table in comparison.tables.items()}
    compare_columns(comparison)
    compare_constraints(comparison, {side: uniques for side, (uniques, _) in split.items()})
    compare_indexes(comparison, {side: indexes for side, (_, indexes) in split.items()})
    _compare_traits(comparison)
    return comparison


def _shared(tables: Mapping[Side, Table]) -> Mapping[Side, Table]:
    """Return the tables with the names of referred tables made alike: SQLite's have no schema."""
    sqlite = tables.get(Side.SQLITE)
    others = {key.table for side, table in tables.items() if side is not Side.SQLITE for key in table.foreign_keys}
    whole = {name.rpartition(".")[2]: name for name in sorted(others) if "." in name}
    if sqlite is None or not whole:
        return tables
    keys = tuple(replace(key, table=whole.get(key.table, key.table)) for key in sqlite.foreign_keys)
    return {**tables, Side.SQLITE: replace(sqlite, foreign_keys=keys)}


def _known(tables: Mapping[Side, Table]) -> dict[str, KnownColumn]:
    """Return what expressions may rely on: the columns as the side says that knows most of types."""
    found: dict[str, Column] = {}
    for side in _KNOWING:
        found |= tables[side].by_name if side in tables else {}
    nullable = {column.name for table in tables.values() for column in table.columns if column.nullable}
    return {name: KnownColumn(column.type, name in nullable) for name, column in found.items()}


def _compare_traits(comparison: Comparison) -> None:
    """Compare what only SQLite has of a table, where the metadata says it."""
    sides = (Side.DECLARED_SQLITE, Side.SQLITE)
    values = {side: comparison.tables[side].traits for side in sides if side in comparison.tables}
    comparison.compare("traits", "", values, show=lambda traits: ", ".join(sorted(traits)) or "an ordinary table")
