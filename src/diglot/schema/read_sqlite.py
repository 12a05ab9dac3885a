"""Read the logical schema of a SQLite file: the pragmas, and where they are silent, the CREATE statements."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine
from sqlalchemy.pool import NullPool

from diglot.schema.logical import (
    Check,
    Column,
    Expression,
    ForeignKey,
    Generated,
    Index,
    IndexKey,
    PrimaryKey,
    Schema,
    Table,
    Unique,
)
from diglot.schema.sqlite_ddl import KeyText, TableText, read_index, read_table
from diglot.schema.type_names import parse_type

DIALECT = "sqlite"
_STORED = 3
_HIDDEN = 1
_TABLES = (
    "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
)
_INDEXES = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? COLLATE NOCASE"
_COLUMNS = 'SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo(?) ORDER BY cid'
_INDEX_LIST = 'SELECT name, "unique", origin, partial FROM pragma_index_list(?) ORDER BY name'
_INDEX_KEYS = 'SELECT name, "desc", coll FROM pragma_index_xinfo(?) WHERE key = 1 ORDER BY seqno'
_KEYS = 'SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?) ORDER BY id, seq'


def read_sqlite(path: Path) -> Schema:
    """Return the schema of the database file `path`, which is opened to be read only.

    Left out: SQLite's own tables, virtual tables and what belongs to them.
    """
    url = URL.create("sqlite", database=f"file:{quote(str(path.resolve()))}", query={"mode": "ro", "uri": "true"})
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        tables = {name: str(sql) for name, sql in _rows(connection, _TABLES)}
        virtual = {name for name, sql in tables.items() if "virtual" in sql.split("(")[0].lower().split()[:2]}
        shadows = {name for name in tables for one in virtual if name.startswith(f"{one}_")}
        kept = {name: sql for name, sql in tables.items() if name not in virtual | shadows}
        return Schema(DIALECT, {name: _table(connection, name, sql) for name, sql in kept.items()})


def _rows(connection: Connection, sql: str, *parameters: str) -> Sequence[Any]:
    return connection.exec_driver_sql(sql, parameters).fetchall()


def _expression(text: str) -> Expression:
    return Expression(text, DIALECT)


def _table(connection: Connection, name: str, sql: str) -> Table:
    text = read_table(sql)
    rows = _rows(connection, _COLUMNS, name)
    key = tuple(row.name for row in sorted((row for row in rows if row.pk), key=lambda row: int(row.pk)))
    rowid = _is_rowid(rows, key, text)
    columns = tuple(_column(row, text, rowid=rowid) for row in rows if row.hidden != _HIDDEN)
    collations = {column.name: column.collation for column in columns}
    uniques, indexes = _indexes(connection, name, text, collations)
    return Table(
        name=name,
        columns=columns,
        primary_key=PrimaryKey(key, text.primary_key) if key else None,
        uniques=uniques,
        checks=tuple(Check(_expression(check), called) for called, check in text.checks),
        foreign_keys=_foreign_keys(connection, name, text),
        indexes=indexes,
        traits=text.traits,
    )


def _is_rowid(rows: Sequence[Any], key: tuple[str, ...], text: TableText) -> bool:
    """Whether the primary key is the row's number: one column, declared INTEGER by exactly that name."""
    declared = [str(row.type).lower() for row in rows if row.pk]
    return len(key) == 1 and declared == ["integer"] and "WITHOUT ROWID" not in text.traits


def _column(row: Any, text: TableText, *, rowid: bool) -> Column:
    generated = text.generated.get(row.name.lower())
    never_null = row.pk and (rowid or text.traits)
    collation = text.collations.get(row.name.lower(), "")
    return Column(
        name=row.name,
        type=parse_type(_declared_type(row.type), DIALECT),
        nullable=not (row.notnull or never_null),
        default=None if row.dflt_value is None or generated else _expression(row.dflt_value),
        generated=Generated(_expression(generated), row.hidden == _STORED) if generated else None,
        generator=("rowid autoincrement" if text.autoincrement else "rowid") if row.pk and rowid else "",
        collation="" if collation.lower() == "binary" else collation.upper(),
    )


def _declared_type(text: str) -> str:
    """Return the type without the words that SQLite takes for a part of it when a column is computed."""
    words = text.split()
    return " ".join(words[:-2]) if [word.lower() for word in words[-2:]] == ["generated", "always"] else text


def _indexes(
    connection: Connection, table: str, text: TableText, collations: Mapping[str, str]
) -> tuple[tuple[Unique, ...], tuple[Index, ...]]:
    created = {name: sql for name, sql in _rows(connection, _INDEXES, table) if sql}
    uniques: list[Unique] = []
    indexes: list[Index] = []
    for row in _rows(connection, _INDEX_LIST, table):
        if row.origin == "u":
            names = tuple(key.name for key in _rows(connection, _INDEX_KEYS, row.name))
            uniques.append(Unique(names, name=text.uniques.get(tuple(name.lower() for name in names))))
        elif row.origin == "c":
            keys, predicate = read_index(created[row.name])
            told = _rows(connection, _INDEX_KEYS, row.name)
            read = tuple(_key(key, one, collations) for key, one in zip(keys, told, strict=True))
            where = _expression(predicate) if predicate else None
            indexes.append(Index(read, bool(row.unique), where, name=row.name))
    return tuple(uniques), tuple(indexes)


def _key(text: KeyText, row: Any, collations: Mapping[str, str]) -> IndexKey:
    collation = str(row.coll or "BINARY").upper()
    own = collations.get(row.name or "", "") or "BINARY"
    return IndexKey(
        expression=_expression(row.name or text.expression),
        column=row.name or "",
        descending=bool(row.desc),
        collation="" if collation == own else collation,
    )


def _foreign_keys(connection: Connection, table: str, text: TableText) -> tuple[ForeignKey, ...]:
    grouped: dict[int, list[Any]] = {}
    for row in _rows(connection, _KEYS, table):
        grouped.setdefault(row.id, []).append(row)
    return tuple(_foreign_key(connection, rows, text) for rows in reversed(grouped.values()))


def _foreign_key(connection: Connection, rows: list[Any], text: TableText) -> ForeignKey:
    first = rows[0]
    columns = tuple(str(row[2]) for row in rows)
    referred = tuple(str(row.to) for row in rows if row.to is not None)
    if not referred:
        targets = [row for row in _rows(connection, _COLUMNS, first.table) if row.pk]
        referred = tuple(row.name for row in sorted(targets, key=lambda row: int(row.pk)))
    own = tuple(name.lower() for name in columns)
    deferrable, deferred = text.deferred.get(own, (False, False))
    return ForeignKey(
        columns=columns,
        table=first.table,
        referred=referred,
        on_delete="" if first.on_delete == "NO ACTION" else first.on_delete,
        on_update="" if first.on_update == "NO ACTION" else first.on_update,
        deferrable=deferrable,
        initially_deferred=deferred,
        name=text.foreign_keys.get(own),
    )
