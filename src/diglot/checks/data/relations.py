"""Audit what rows are to each other: foreign keys, what must be unique, and CHECKs that both dialects read alike."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from diglot.checks.data.columns import OPTION, counted, first_rows
from diglot.checks.data.expressions import condition
from diglot.checks.data.target import ForeignKey, TargetColumn, TargetTable, Unique
from diglot.checks.finding import Finding
from diglot.dialects.sqlite_facts import DataFile, UnreadableQuery, quoted

_SHOWN = 5
_LOWER = re.compile(r'lower\(\(?(?P<key>"(?:[^"]|"")+"|\w+)\)?(?:::(?:text|character varying))?\)')


@dataclass(frozen=True)
class Homed:
    """A table that is on both sides. columns: of Postgres, by name, that the file has as well."""

    name: str
    target: TargetTable
    columns: Mapping[str, TargetColumn]
    rowid: str


Found = Iterator[Finding | str]
"""Findings, and, as texts, what could not be tested."""


def audit_relations(file: DataFile, table: Homed, names: Mapping[str, str]) -> Found:
    """Yield what a table's rows violate; names: of the file's tables, by their names on Postgres."""
    for key in table.target.foreign_keys:
        if key.parent in names and all(column in table.columns for column in key.columns):
            yield from _orphans(file, table, key, names[key.parent])
    kept = file.unique_sets(table.name)
    for unique in table.target.uniques:
        yield from _duplicates(file, table, unique, kept)
    for name, expression in table.target.checks:
        yield from _violations(file, table, name, expression)


def _orphans(file: DataFile, table: Homed, key: ForeignKey, parent: str) -> Found:
    pairs = list(zip(key.columns, key.parent_columns, strict=True))
    joined = " AND ".join(f"p.{quoted(there)} = c.{quoted(here)} COLLATE BINARY" for here, there in pairs)
    given = " AND ".join(f"c.{quoted(here)} IS NOT NULL" for here in key.columns)
    rest = (
        f"FROM {quoted(table.name)} c LEFT JOIN {quoted(parent)} p ON {joined} "
        f"WHERE {given} AND p.{quoted(key.parent_columns[0])} IS NULL"
    )
    count, rowids = _rows(file, table, rest, alias="c.")
    if count:
        wanted = f"{', '.join(key.columns)} is in {key.parent} ({', '.join(key.parent_columns)})"
        yield _finding(
            "data-foreign-key",
            f"table {table.name}, constraint {key.name}",
            (("postgresql", wanted), ("sqlite", f"{counted(count)} without{first_rows(rowids)}")),
            f"add the rows that are missing, or set to NULL or delete those that refer to them; "
            f"SELECT {table.rowid if table.rowid == 'NULL' else 'c.' + table.rowid} {rest}",
        )


def _duplicates(file: DataFile, table: Homed, unique: Unique, kept: set[frozenset[str]]) -> Found:
    columns = [_plain(key) for key in unique.keys]
    same = [column for column in columns if column in table.columns]
    if not unique.where and len(same) == len(columns) and frozenset(same) in kept and not unique.nulls_equal:
        return
    keys = [_key(key, table) for key in unique.keys]
    where = condition(unique.where, table.columns) if unique.where else "1"
    if None in keys or where is None:
        yield f"table {table.name}, index {unique.name}: ({', '.join(unique.keys)}) means something else to SQLite"
        return
    given = "".join(f" AND {key} IS NOT NULL" for key in keys) if not unique.nulls_equal else ""
    grouped = ", ".join(f"{key} COLLATE BINARY" for key in keys)
    rest = f"FROM {quoted(table.name)} WHERE {where}{given} GROUP BY {grouped} HAVING count(*) > 1"
    counted_groups = f"SELECT count(*), total(n) FROM (SELECT count(*) AS n {rest})"  # noqa: S608 - names are quoted
    try:
        groups, rows = next(file.rows(counted_groups))
    except UnreadableQuery as error:
        yield f"table {table.name}, index {unique.name}: {error}"
        return
    if groups:
        told = f"{counted(int(rows))} share {groups} {'value' if groups == 1 else 'values'}"
        partial = f" where {unique.where}" if unique.where else ""
        yield _finding(
            "data-duplicate",
            f"table {table.name}, index {unique.name}",
            (("postgresql", f"unique ({', '.join(unique.keys)}){partial}"), ("sqlite", told)),
            f"keep one row of each; SELECT {', '.join(str(key) for key in keys)}, count(*) {rest}",
        )


def _violations(file: DataFile, table: Homed, name: str, expression: str) -> Found:
    translated = condition(expression, table.columns)
    if translated is None:
        yield f"table {table.name}, constraint {name}: CHECK ({expression}) is not tested on SQLite"
        return
    # Texts that write instants in several ways do not compare as instants do; those are exact to the millisecond only.
    as_instants = condition(expression, table.columns, instants=True)
    further = f" AND NOT ({as_instants})" if as_instants != translated else ""
    rest = f"FROM {quoted(table.name)} WHERE NOT ({translated}){further}"
    try:
        count, rowids = _rows(file, table, rest)
    except UnreadableQuery as error:
        yield f"table {table.name}, constraint {name}: {error}"
        return
    if count:
        yield _finding(
            "data-check",
            f"table {table.name}, constraint {name}",
            (("postgresql", f"CHECK ({expression})"), ("sqlite", f"{counted(count)} against it{first_rows(rowids)}")),
            f"correct the rows; SELECT * {rest}",
        )


def _rows(file: DataFile, table: Homed, rest: str, *, alias: str = "") -> tuple[int, list[int]]:
    """Count the rows of a query, and give the first ones' numbers."""
    count = int(file.value(f"SELECT count(*) {rest}"))
    if not count or table.rowid == "NULL":
        return count, []
    return count, [row[0] for row in file.rows(f"SELECT {alias}{table.rowid} {rest} LIMIT {_SHOWN}")]


def _plain(key: str) -> str:
    return key[1:-1].replace('""', '"') if key.startswith('"') else key


def _key(key: str, table: Homed) -> str | None:
    """Return what Postgres compares for a key of an index, for SQLite; None when it cannot be told."""
    column = table.columns.get(_plain(key))
    if column is not None:
        name = quoted(column.name)
        if column.base == "uuid":
            return f"lower(replace({name}, '-', ''))"
        return f"lower({name})" if column.base == "citext" else name
    found = _LOWER.fullmatch(key)
    inner = table.columns.get(_plain(found["key"])) if found else None
    return f"lower({quoted(inner.name)})" if inner else None


def _finding(what: str, subject: str, facts: tuple[tuple[str, str], ...], fix: str) -> Finding:
    return Finding(
        f"environment.{what}", subject, facts, fix, direction="postgresql", identity=(facts[0][1],), seen_with=OPTION
    )
