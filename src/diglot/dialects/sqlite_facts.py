"""A SQLite file as it lies on the disk, read and never written: its tables, their columns, and any query's rows."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from diglot.errors.data import (
    DataFileDamaged,
    DataFileEmpty,
    DataFileForbidden,
    DataFileLocked,
    DataFileMissing,
    DataFileTooNew,
    DataFileUnfinished,
    NotSqlite,
)

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_READ_VERSION = 19  # the byte in the header that says what a reader must know: 1 rollback journal, 2 WAL
_WAL = 2
_BUSY_TIMEOUT_S = 5.0
_PRAGMAS = ("foreign_keys", "journal_mode", "encoding", "recursive_triggers")
_ROWIDS = ("rowid", "_rowid_", "oid")


@dataclass(frozen=True)
class DataColumn:
    """A column of the file. declared: its type, as the table's SQL says it."""

    name: str
    declared: str


class UnreadableQuery(Exception):
    """SQLite does not understand a query."""


class DataFile:
    """An open file. `connection` can read only."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._connection = path, connection

    def rows(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """Yield a query's rows as they are read; raises UnreadableQuery, DataFileLocked, DataFileDamaged."""
        try:
            yield from self._connection.execute(sql)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_ERROR:
                raise UnreadableQuery(str(error)) from error
            raise _cause(self.path, error) from error

    def value(self, sql: str) -> Any:
        """Return the first value of a query's first row."""
        return next(self.rows(sql))[0]

    def count(self, table: str, column: str = "") -> int:
        """Return how many rows a table has, or how many of them have a value in a column."""
        counted = quoted(column) if column else "*"
        return int(self.value(f"SELECT count({counted}) FROM {quoted(table)}"))  # noqa: S608 - names are quoted

    def greatest(self, table: str, column: str) -> Any:
        """Return a column's greatest value."""
        return self.value(f"SELECT max({quoted(column)}) FROM {quoted(table)}")  # noqa: S608 - names are quoted

    @property
    def encoding(self) -> str:
        """`utf-8`, `utf-16-le` or `utf-16-be`, as Python names them."""
        return str(self.value("PRAGMA encoding")).lower().replace("16le", "16-le").replace("16be", "16-be")

    def tables(self) -> list[str]:
        """Return the names of the tables with rows of their own, without those that SQLite itself keeps."""
        found = self.rows(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
            "AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
        )
        return [row[0] for row in found]

    def columns(self, table: str) -> list[DataColumn]:
        """Return a table's columns, generated ones as well."""
        return [DataColumn(row[1], row[2]) for row in self.rows(f"PRAGMA table_xinfo({quoted(table)})")]

    def unique_sets(self, table: str) -> set[frozenset[str]]:
        """Return the sets of columns that the file itself keeps unique, in every row."""
        found = set()
        for row in self.rows(f"PRAGMA index_list({quoted(table)})"):
            if row[2] and not row[4]:
                columns = [column[2] for column in self.rows(f"PRAGMA index_info({quoted(row[1])})")]
                found.add(frozenset(columns))
        primary = [row for row in self.rows(f"PRAGMA table_xinfo({quoted(table)})") if row[5]]
        return found | ({frozenset(row[1] for row in primary)} if primary else set())

    def rowid(self, table: str) -> str:
        """Return the name that gives a table's row numbers; "NULL" for a table without."""
        taken = {column.name.lower() for column in self.columns(table)}
        for name in _ROWIDS:
            if name not in taken:
                with suppress(UnreadableQuery):
                    list(self.rows(f"SELECT {name} FROM {quoted(table)} LIMIT 0"))  # noqa: S608 - names are quoted
                    return name
        return "NULL"


def quoted(name: str) -> str:
    """Return a name as SQL writes it, in either dialect."""
    return '"' + name.replace('"', '""') + '"'


@contextmanager
def open_data_file(path: Path) -> Iterator[DataFile]:
    """Open a file so that nothing can change it, also while others write to it.

    In WAL mode everything is read as it was at the start. Without a WAL beside it nobody else has it open, and no lock
    is taken. Raises the errors DG922 to DG929.
    """
    header = _header(path)
    wal = header[_READ_VERSION] == _WAL
    alone = wal and not path.with_name(f"{path.name}-wal").exists()
    uri = f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' if alone else ''}"
    connection = None
    try:
        connection = sqlite3.connect(uri, uri=True, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        if wal:
            # A reader of a rollback journal would keep writers waiting: there each query reads for itself.
            connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise _cause(path, error) from error
    try:
        yield DataFile(path, connection)
    finally:
        connection.close()


def plain_pragmas() -> dict[str, str]:
    """Return what a plain SQLAlchemy engine's connection is set to; listeners for all engines have their say."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with engine.connect() as connection:
            found = {name: str(connection.exec_driver_sql(f"PRAGMA {name}").scalar()) for name in _PRAGMAS}
            like = connection.exec_driver_sql("SELECT 'a' LIKE 'A'").scalar()
    finally:
        engine.dispose()
    return {**found, "case_sensitive_like": "0" if like else "1"}


def _header(path: Path) -> bytes:
    if not path.exists():
        raise DataFileMissing(path=str(path), found="there is no such file")
    if not path.is_file():
        raise DataFileMissing(path=str(path), found="it is no file")
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except OSError as error:
        raise DataFileForbidden(path=str(path), problem=error.strerror or str(error)) from error
    size = path.stat().st_size
    if not size:
        raise DataFileEmpty(path=str(path), found="it has 0 bytes")
    if len(header) < _HEADER or not header.startswith(_MAGIC):
        raise NotSqlite(path=str(path), size=size)
    if header[_READ_VERSION] > _WAL:
        raise DataFileTooNew(
            path=str(path), format_number=header[_READ_VERSION], known=_WAL, version=sqlite3.sqlite_version
        )
    return header


def _cause(path: Path, error: sqlite3.Error) -> Exception:
    """Return the error that a person can act on."""
    code = getattr(error, "sqlite_errorcode", None) or 0
    primary = code & 0xFF
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and code != sqlite3.SQLITE_BUSY_RECOVERY:
        return DataFileLocked(path=str(path), waited_s=_BUSY_TIMEOUT_S)
    beside = _beside(path)
    if beside and primary in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY}:
        return DataFileUnfinished(path=str(path), beside=beside[0], problem=str(error))
    if primary in {sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_AUTH}:
        return DataFileForbidden(path=str(path), problem=str(error))
    return DataFileDamaged(path=str(path), problem=str(error))


def _beside(path: Path) -> Sequence[str]:
    return [path.name + end for end in ("-journal", "-wal") if path.with_name(path.name + end).exists()]
