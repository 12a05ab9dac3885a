"""What the migrated Postgres schema takes: the tables into which a SQLite file's rows are to move."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_COLUMNS = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
           coalesce(b.typname, t.typname), coalesce(b.typtype, t.typtype),
           CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
           NOT (a.attnotnull OR t.typnotnull), a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
           a.attgenerated <> '',
           a.attidentity <> '' OR pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) IS NOT NULL,
           ARRAY(SELECT e.enumlabel::text FROM pg_enum e
                 WHERE e.enumtypid = coalesce(b.oid, t.oid) ORDER BY e.enumsortorder)
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY c.relname, a.attnum
"""
_FOREIGN_KEYS = """
    SELECT c.relname, k.conname, p.relname,
           ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u (n, o)
                 JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.o),
           ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u (n, o)
                 JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.o)
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_class p ON p.oid = k.confrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    WHERE k.contype = 'f' AND k.conparentid = 0
    ORDER BY c.relname, k.conname
"""
_UNIQUES = """
    SELECT c.relname, x.relname,
           ARRAY(SELECT pg_get_indexdef(i.indexrelid, g, true) FROM generate_series(1, i.indnkeyatts) g ORDER BY g),
           coalesce(pg_get_expr(i.indpred, i.indrelid, true), ''),
           coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false)
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    JOIN pg_class x ON x.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    WHERE i.indisunique
    ORDER BY c.relname, x.relname
"""
_CHECKS = """
    SELECT c.relname, k.conname, pg_get_expr(k.conbin, k.conrelid, true)
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid AND NOT c.relispartition
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
    WHERE k.contype = 'c'
    ORDER BY c.relname, k.conname
"""
_VARLENA = 4  # bytes that Postgres adds to a length or precision in a type's modifier


@dataclass(frozen=True)
class TargetColumn:
    """A column of Postgres.

    type: as SQL writes it. base: the name of the type itself, below a domain. length: characters, None without limit.
    precision, scale: digits of a numeric, None without limit. filled: whether Postgres gives it a value by itself.
    counted: whether a sequence gives its values. labels: of an enum. in_units: whether the file declares an integer,
    and so may keep smallest units, such as cents; Postgres does not say so.
    """

    name: str
    type: str
    base: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    nullable: bool = True
    filled: bool = False
    generated: bool = False
    counted: bool = False
    labels: tuple[str, ...] = ()
    in_units: bool = False


@dataclass(frozen=True)
class ForeignKey:
    """columns of the table refer to `parent_columns` of `parent`."""

    name: str
    columns: tuple[str, ...]
    parent: str
    parent_columns: tuple[str, ...]


@dataclass(frozen=True)
class Unique:
    """A unique index, which is also what a primary key and a unique constraint are.

    keys: columns, quoted where Postgres needs it, or expressions. where: of a partial index, else "".
    """

    name: str
    keys: tuple[str, ...]
    where: str
    nulls_equal: bool


@dataclass(frozen=True)
class TargetTable:
    """A table of Postgres; checks: name and expression."""

    name: str
    columns: tuple[TargetColumn, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    uniques: tuple[Unique, ...] = ()
    checks: tuple[tuple[str, str], ...] = ()


def read_target(connection: Any) -> Mapping[str, TargetTable]:
    """Return the tables of the connection's own schema, by name."""
    with connection.cursor() as cursor:
        columns = _grouped(cursor, _COLUMNS, _column)
        foreign_keys = _grouped(
            cursor, _FOREIGN_KEYS, lambda row: ForeignKey(row[1], tuple(row[3]), row[2], tuple(row[4]))
        )
        uniques = _grouped(cursor, _UNIQUES, lambda row: Unique(row[1], tuple(row[2]), row[3], row[4]))
        checks = _grouped(cursor, _CHECKS, lambda row: (row[1], row[2]))
    return {
        name: TargetTable(
            name, tuple(columns[name]), tuple(foreign_keys[name]), tuple(uniques[name]), tuple(checks[name])
        )
        for name in list(columns)
    }


def _grouped(cursor: Any, query: str, read: Any) -> dict[str, list[Any]]:
    cursor.execute(query)
    found: dict[str, list[Any]] = defaultdict(list)
    for row in cursor.fetchall():
        found[row[0]].append(read(row))
    return found


def _column(row: Sequence[Any]) -> TargetColumn:
    _, name, written, base, kind, modifier, nullable, filled, generated, counted, labels = row
    length = precision = scale = None
    if modifier >= _VARLENA and base in {"varchar", "bpchar"}:
        length = modifier - _VARLENA
    if modifier >= _VARLENA and base == "numeric":
        precision, scale = (modifier - _VARLENA) >> 16, (modifier - _VARLENA) & 0x7FF
        scale -= 0x800 if scale >= 0x400 else 0
    return TargetColumn(
        name, written, "enum" if kind == "e" else base, length, precision, scale, nullable, filled, generated,
        counted, tuple(labels),
    )  # fmt: skip
