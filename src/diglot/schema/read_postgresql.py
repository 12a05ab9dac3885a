"""Read the logical schema of a Postgres database from its catalogs: tables and all that belongs to them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from diglot.schema.logical import (
    Check,
    Column,
    Expression,
    ForeignKey,
    Generated,
    Index,
    IndexKey,
    LogicalType,
    PrimaryKey,
    Schema,
    Table,
    Unique,
)
from diglot.schema.type_names import parse_type

DIALECT = "postgresql"
_ACTIONS = {"a": "", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_IDENTITIES = {"a": "identity always", "d": "identity by default"}

_TABLES = """
    SELECT c.oid,
           CASE WHEN n.nspname = current_schema() THEN c.relname ELSE n.nspname || '.' || c.relname END AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 2
"""
_TYPES = """
    SELECT t.oid, t.typtype AS kind, t.typname AS name, t.typelem AS item,
           format_type(t.typbasetype, t.typtypmod) AS base,
           (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
            FROM pg_enum e WHERE e.enumtypid = t.oid) AS labels
    FROM pg_type t
    WHERE t.typtype IN ('e', 'd') OR t.typelem IN (SELECT oid FROM pg_type WHERE typtype IN ('e', 'd'))
"""
_COLUMNS = """
    SELECT a.attrelid AS owner, a.attnum AS number, a.attname AS name, a.attnotnull AS not_null, a.atttypid AS type,
           format_type(a.atttypid, a.atttypmod) AS native, a.attidentity AS identity, a.attgenerated AS generated,
           pg_get_expr(d.adbin, d.adrelid) AS value,
           CASE WHEN a.attcollation <> t.typcollation THEN c.collname END AS collation
    FROM pg_attribute a
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation c ON c.oid = a.attcollation
    WHERE a.attrelid = ANY (%s) AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attrelid, a.attnum
"""
_CONSTRAINTS = """
    SELECT c.conrelid AS owner, c.conname AS name, c.contype AS kind, c.conkey AS keys, c.confrelid AS target,
           c.confkey AS target_keys, c.confdeltype AS on_delete, c.confupdtype AS on_update,
           c.condeferrable AS deferrable, c.condeferred AS deferred, c.convalidated AS valid,
           to_jsonb(c) ->> 'conenforced' AS enforced,
           pg_get_expr(c.conbin, c.conrelid) AS expression, pg_get_constraintdef(c.oid, true) AS definition,
           to_jsonb(i) ->> 'indnullsnotdistinct' AS nulls_not_distinct
    FROM pg_constraint c LEFT JOIN pg_index i ON i.indexrelid = c.conindid AND c.contype IN ('p', 'u')
    WHERE c.conrelid = ANY (%s) AND c.contype IN ('p', 'u', 'c', 'f', 'x')
    ORDER BY c.conname
"""
_INDEXES = """
    SELECT i.indrelid AS owner, c.relname AS name, i.indisunique AS is_unique, m.amname AS method,
           pg_get_expr(i.indpred, i.indrelid) AS predicate,
           to_jsonb(i) ->> 'indnullsnotdistinct' AS nulls_not_distinct,
           (SELECT json_agg(json_build_object(
                'number', i.indkey[k - 1], 'text', pg_get_indexdef(i.indexrelid, k, true),
                'is_key', k <= i.indnkeyatts,
                'options', CASE WHEN k <= i.indnkeyatts THEN i.indoption[k - 1] ELSE 0 END,
                'operators', (SELECT CASE WHEN o.opcdefault THEN '' ELSE o.opcname END FROM pg_opclass o
                              WHERE o.oid = i.indclass[k - 1] AND k <= i.indnkeyatts),
                'collation', (SELECT l.collname FROM pg_collation l LEFT JOIN pg_attribute own
                              ON own.attrelid = i.indrelid AND own.attnum = i.indkey[k - 1]
                              WHERE k <= i.indnkeyatts AND l.oid = i.indcollation[k - 1]
                                AND l.oid <> coalesce(own.attcollation, 'pg_catalog."default"'::regcollation))
            ) ORDER BY k) FROM generate_series(1, i.indnatts) k) AS keys
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
    WHERE i.indrelid = ANY (%s)
      AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.conindid = i.indexrelid AND p.contype IN ('p', 'u', 'x'))
    ORDER BY c.relname
"""


@dataclass(frozen=True)
class _Catalog:
    """Rows by the table that they belong to, and what they refer to."""

    names: Mapping[int, str]
    numbered: Mapping[int, Mapping[int, str]]
    types: Mapping[int, Any]
    columns: Mapping[int, list[Any]]
    constraints: Mapping[int, list[Any]]
    indexes: Mapping[int, list[Any]]


def read_postgresql(connection: Any) -> Schema:
    """Return the schema of the database that a psycopg2 connection is open to.

    Left out: tables of extensions, and partitions, which have what their table has.
    """
    names = {row.oid: row.name for row in _rows(connection, _TABLES)}
    owners = list(names)
    columns = _owned(_rows(connection, _COLUMNS, owners))
    catalog = _Catalog(
        names=names,
        numbered={owner: {row.number: row.name for row in rows} for owner, rows in columns.items()},
        types={row.oid: row for row in _rows(connection, _TYPES)},
        columns=columns,
        constraints=_owned(_rows(connection, _CONSTRAINTS, owners)),
        indexes=_owned(_rows(connection, _INDEXES, owners)),
    )
    return Schema(DIALECT, {name: _table(owner, catalog) for owner, name in names.items()})


def _rows(connection: Any, sql: str, owners: list[int] | None = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, None if owners is None else (owners or [0],))
        titles = [column[0] for column in cursor.description]
        return [SimpleNamespace(**dict(zip(titles, row, strict=True))) for row in cursor.fetchall()]


def _owned(rows: Sequence[Any]) -> Mapping[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.owner].append(row)
    return found


def _expression(text: str) -> Expression:
    return Expression(text, DIALECT)


def _table(owner: int, catalog: _Catalog) -> Table:
    rows = catalog.constraints[owner]
    columns = catalog.numbered.get(owner, {})

    def named(numbers: Sequence[int]) -> tuple[str, ...]:
        return tuple(columns[number] for number in numbers)

    return Table(
        name=catalog.names[owner],
        columns=tuple(_column(row, catalog) for row in catalog.columns[owner]),
        primary_key=next((PrimaryKey(named(row.keys), row.name) for row in rows if row.kind == "p"), None),
        uniques=tuple(
            Unique(named(row.keys), row.nulls_not_distinct == "true", row.deferrable, row.name)
            for row in rows
            if row.kind == "u"
        ),
        checks=tuple(Check(_expression(row.expression), row.name, _state(row)) for row in rows if row.kind == "c"),
        foreign_keys=tuple(_foreign_key(row, named(row.keys), catalog) for row in rows if row.kind == "f"),
        indexes=tuple(_index(row, columns) for row in catalog.indexes[owner]),
        exclusions=tuple((row.name, row.definition) for row in rows if row.kind == "x"),
    )


def _state(row: Any) -> str:
    if row.enforced == "false":
        return "NOT ENFORCED"
    return "" if row.valid else "NOT VALID"


def _column(row: Any, catalog: _Catalog) -> Column:
    value = row.value
    serial = bool(value) and value.startswith("nextval(")
    generated = Generated(_expression(value), row.generated == "s") if row.generated else None
    return Column(
        name=row.name,
        type=_type(row.type, row.native, catalog.types),
        nullable=not row.not_null,
        default=None if value is None or serial or generated else _expression(value),
        generated=generated,
        generator="serial" if serial else _IDENTITIES.get(row.identity, ""),
        collation=row.collation or "",
    )


def _type(oid: int, native: str, types: Mapping[int, Any]) -> LogicalType:
    row = types.get(oid)
    if row is None:
        return parse_type(native, DIALECT)
    if row.kind == "e":
        return LogicalType("enum", labels=tuple(row.labels or ()), name=row.name, native=native)
    if row.kind == "d":
        return LogicalType("domain", item=parse_type(row.base, DIALECT), name=row.name, native=native)
    item = types[row.item]
    return LogicalType("array", item=_type(row.item, native.removesuffix("[]"), {row.item: item}), native=native)


def _foreign_key(row: Any, columns: tuple[str, ...], catalog: _Catalog) -> ForeignKey:
    target = catalog.numbered.get(row.target, {})
    return ForeignKey(
        columns=columns,
        table=catalog.names.get(row.target, ""),
        referred=tuple(target.get(number, "") for number in row.target_keys),
        on_delete=_ACTIONS[row.on_delete],
        on_update=_ACTIONS[row.on_update],
        deferrable=row.deferrable,
        initially_deferred=row.deferred,
        name=row.name,
        state=_state(row),
    )


def _index(row: Any, columns: Mapping[int, str]) -> Index:
    keys = [key for key in row.keys if key["is_key"]]
    return Index(
        keys=tuple(_key(key, columns) for key in keys),
        unique=row.is_unique,
        predicate=_expression(row.predicate) if row.predicate else None,
        method=row.method,
        included=tuple(columns.get(key["number"], key["text"]) for key in row.keys if not key["is_key"]),
        nulls_not_distinct=row.nulls_not_distinct == "true",
        name=row.name,
    )


def _key(key: Mapping[str, Any], columns: Mapping[int, str]) -> IndexKey:
    column = columns.get(key["number"], "")
    descending, nulls_first = bool(key["options"] & 1), bool(key["options"] & 2)
    return IndexKey(
        expression=_expression(column or key["text"]),
        column=column,
        descending=descending,
        nulls="" if nulls_first == descending else ("first" if nulls_first else "last"),
        collation=key["collation"] or "",
        operators=key["operators"] or "",
    )
