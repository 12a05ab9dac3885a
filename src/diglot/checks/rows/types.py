"""What a column can hold, as `pg_type` tells it: down to the base type, through domains, arrays and composites."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

_FIRST_OF_THE_PROJECT = 16384  # lower numbers are built in, and the same in every database of the server
_QUERY = """
    SELECT t.oid, t.typname, t.typtype, t.typcategory, t.typelem, t.typbasetype, t.typtypmod, t.typnotnull,
           ARRAY(SELECT enumlabel::text FROM pg_catalog.pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder),
           ARRAY(SELECT pg_catalog.pg_get_constraintdef(c.oid) FROM pg_catalog.pg_constraint c
                 WHERE c.contypid = t.oid AND c.contype = 'c' ORDER BY c.conname),
           ARRAY(SELECT ARRAY[a.atttypid::int8, a.atttypmod] FROM pg_catalog.pg_attribute a
                 WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
                 ORDER BY a.attnum)
    FROM pg_catalog.pg_type t WHERE t.oid = ANY(%s::oid[])
"""


@dataclass(frozen=True)
class ColumnType:
    """A type with its modifier.

    name: as `pg_type` has it, such as `int4`; kind: `base`, `enum`, `array`, `composite`, or `domain`.
    modifier: -1 without one. labels: an enum's. parts: a domain's base, an array's element, a composite's columns.
    checks: a domain's constraints, as Postgres writes them.
    """

    name: str
    kind: str = "base"
    modifier: int = -1
    labels: tuple[str, ...] = ()
    parts: tuple["ColumnType", ...] = ()
    checks: tuple[str, ...] = ()
    not_null: bool = False

    @property
    def base(self) -> "ColumnType":
        """The type below all domains."""
        return self.parts[0].base if self.kind == "domain" else self

    @property
    def all_checks(self) -> tuple[str, ...]:
        """The constraints of a domain and of those that it is made of."""
        return (*self.checks, *(self.parts[0].all_checks if self.kind == "domain" else ()))


class TypeReader:
    """Reads types by number; the built-in ones are read once."""

    def __init__(self) -> None:
        self._built_in: dict[int, tuple[Any, ...]] = {}

    def read(self, connection: Any, wanted: Collection[tuple[int, int]]) -> dict[tuple[int, int], ColumnType]:
        """Return the types of these pairs of number and modifier."""
        rows = dict(self._built_in)
        missing = {oid for oid, _ in wanted} - set(rows)
        while missing:
            found = _fetch(connection, missing)
            rows.update(found)
            missing = {oid for row in found.values() for oid in _below(row)} - set(rows)
        self._built_in = {oid: row for oid, row in rows.items() if oid < _FIRST_OF_THE_PROJECT}
        return {(oid, modifier): _build(rows, oid, modifier) for oid, modifier in wanted}


def _fetch(connection: Any, oids: Iterable[int]) -> dict[int, tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, (sorted(oids),))
        return {int(row[0]): row for row in cursor.fetchall()}


def _below(row: tuple[Any, ...]) -> set[int]:
    category, element, base, fields = row[3], row[4], row[5], row[10]
    return {oid for oid in ((element if category == "A" else 0), base, *(field[0] for field in fields)) if oid}


def _build(rows: dict[int, tuple[Any, ...]], oid: int, modifier: int) -> ColumnType:
    _, name, kind, category, element, base, own_modifier, not_null, labels, checks, fields = rows[oid]
    if kind == "d":
        part = _build(rows, base, own_modifier)
        return ColumnType(name, "domain", modifier, parts=(part,), checks=tuple(checks), not_null=not_null)
    if kind == "e":
        return ColumnType(name, "enum", labels=tuple(labels))
    if kind == "c":
        return ColumnType(name, "composite", parts=tuple(_build(rows, *field) for field in fields))
    if category == "A" and element:
        return ColumnType(name, "array", modifier, parts=(_build(rows, element, modifier),))
    return ColumnType(name, "base", modifier)
