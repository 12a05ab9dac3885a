"""The tables that rows are made for: columns, foreign keys, checks and partitions, as the catalogue has them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from diglot.checks.rows.types import ColumnType, TypeReader
from diglot.provision.databases import quote

TableName = tuple[str, str]
"""Schema and name."""

_OURS = """
    c.relpersistence <> 't' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_%%'
    AND ARRAY['version_num'::name] IS DISTINCT FROM ARRAY(  -- Alembic's own, whatever its name
        SELECT v.attname FROM pg_catalog.pg_attribute v
        WHERE v.attrelid = c.oid AND v.attnum > 0 AND NOT v.attisdropped)
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
        WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
"""
_NAMES = f"""
    SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND {_OURS} ORDER BY 1, 2
"""  # noqa: S608 - constants
_COLUMNS = """
    SELECT c.oid, n.nspname, c.relname, a.attname, a.atttypid, a.atttypmod, a.attnotnull,
           a.attidentity <> '' OR coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%%',
           a.attgenerated <> '',
           pg_catalog.pg_get_expr(d.adbin, d.adrelid) !~* '(now|timestamp|random|uuid)[a-z_]*[(]|CURRENT_|LOCALTIME',
           CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) ELSE '' END,
           CASE WHEN c.relkind = 'p' THEN ARRAY(
               SELECT pg_catalog.pg_get_expr(b.relpartbound, b.oid) FROM pg_catalog.pg_class b
               JOIN pg_catalog.pg_inherits i ON i.inhrelid = b.oid WHERE i.inhparent = c.oid ORDER BY b.relname
           ) ELSE ARRAY[]::text[] END
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND :which
    ORDER BY 2, 3, a.attnum
"""
_NAMED = "c.oid IN (SELECT pg_catalog.to_regclass(name) FROM unnest(%s::text[]) name)"
_CONSTRAINTS = """
    SELECT c.conrelid, c.conname, c.contype,
           ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(number, at)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY k.at),
           n.nspname, f.relname,
           ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(number, at)
                 JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number ORDER BY k.at),
           c.condeferrable, CASE WHEN c.contype = 'c' THEN pg_catalog.pg_get_constraintdef(c.oid) ELSE '' END
    FROM pg_catalog.pg_constraint c
    LEFT JOIN pg_catalog.pg_class f ON f.oid = c.confrelid
    LEFT JOIN pg_catalog.pg_namespace n ON n.oid = f.relnamespace
    WHERE c.conrelid = ANY(%s::oid[]) AND c.contype IN ('c', 'f') ORDER BY c.conname
"""


@dataclass(frozen=True)
class Column:
    """A column.

    numbered: its default is the next number of a sequence; computed: nobody may write it.
    has_default: one that is the same whenever it is used.
    """

    name: str
    type: ColumnType
    not_null: bool = False
    numbered: bool = False
    computed: bool = False
    has_default: bool = False

    @property
    def nullable(self) -> bool:
        """Whether it takes NULL, by its own word and by its domain's."""
        return not (self.not_null or (self.type.kind == "domain" and self.type.not_null))


@dataclass(frozen=True)
class Check:
    """A CHECK constraint and the columns that it names."""

    name: str
    columns: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key, from `columns` to `referred` of `parent`."""

    name: str
    columns: tuple[str, ...]
    parent: TableName
    referred: tuple[str, ...]
    deferrable: bool


@dataclass(frozen=True)
class Table:
    """A table that takes rows. partitions: its partitions' bounds; partition_key: the text behind PARTITION BY."""

    name: TableName
    columns: tuple[Column, ...]
    checks: tuple[Check, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    partition_key: str = ""
    partitions: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """How messages name it."""
        return shown(self.name)

    @property
    def sql(self) -> str:
        """How SQL names it."""
        return sql_name(self.name)


def shown(name: TableName) -> str:
    """Return how messages name a table: with its schema unless that is `public`."""
    return name[1] if name[0] == "public" else ".".join(name)


def sql_name(name: TableName) -> str:
    """Return how SQL names a table."""
    return ".".join(map(quote, name))


def table_names(connection: Any) -> list[TableName]:
    """Return every table of the project that holds rows itself: partitions too, partitioned ones not."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES.replace("%%", "%"))
        return [(str(schema), str(name)) for schema, name in cursor.fetchall()]


def read_tables(
    connection: Any, types: TypeReader, only: Collection[TableName] | None = None
) -> dict[TableName, Table]:
    """Return the tables that rows can be written to, or those of the given names; partitions are left out."""
    which = f"({_OURS}) AND %s::text[] IS NOT NULL" if only is None else _NAMED
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS.replace(":which", which), (sorted(map(sql_name, only or ())),))
        rows = cursor.fetchall()
        cursor.execute(_CONSTRAINTS, (sorted({int(row[0]) for row in rows}),))
        constraints = cursor.fetchall()
    found = types.read(connection, {(row[4], row[5]) for row in rows if row[3] is not None})
    oids = dict.fromkeys(int(row[0]) for row in rows)
    tables = [_table([row for row in rows if row[0] == oid], constraints, found) for oid in oids]
    return {table.name: table for table in tables}


def _table(rows: list[Any], constraints: list[Any], types: dict[tuple[int, int], ColumnType]) -> Table:
    first = rows[0]
    oid, schema, name, key, bounds = first[0], first[1], first[2], first[10], first[11]
    mine = [row for row in constraints if row[0] == oid]
    columns = (
        Column(row[3], types[row[4], row[5]], row[6], row[7], row[8], bool(row[9]))
        for row in rows
        if row[3] is not None
    )
    return Table(
        (schema, name),
        tuple(columns),
        tuple(Check(row[1], tuple(row[3]), row[8]) for row in mine if row[2] == "c"),
        tuple(
            ForeignKey(row[1], tuple(row[3]), (row[4], row[5]), tuple(row[6]), row[7]) for row in mine if row[2] == "f"
        ),
        key,
        tuple(bounds),
    )
