"""Primary keys that a statement leaves to the database: which column missed its value, and who was to fill it in."""

import re

from diglot.parity.difference import Difference
from diglot.parity.evidence import fails_alone, insert_target, table_ddl
from diglot.sqltext import code

_POSTGRES = re.compile(r'null value in column "([^"]+)"(?: of relation "([^"]+)")?')
_SQLITE = re.compile(r"NOT NULL constraint failed: (\w+)\.(\w+)")


def missing_value(difference: Difference, dialect: str) -> tuple[str, str]:
    """Return table and column for which `dialect` alone missed a value; two empty texts for any other difference."""
    if dialect == "postgresql":
        found = _POSTGRES.search(difference.message(dialect)) if fails_alone(difference, dialect, "23502") else None
        return (found[2] or insert_target(difference.sql(dialect))[0], found[1]) if found else ("", "")
    failed = fails_alone(difference, dialect, "SQLITE_CONSTRAINT_NOTNULL")
    found = _SQLITE.search(difference.message(dialect)) if failed else None
    return (found[1], found[2]) if found else ("", "")


def leaves_out(difference: Difference, dialect: str, column: str) -> bool:
    """Whether the dialect's INSERT does not name `column`."""
    sql = difference.sql(dialect)
    columns = insert_target(sql)[1]
    return column.lower() not in columns if columns is not None else "default values" in code(sql)


def table_is_known(difference: Difference, dialect: str, table: str) -> bool:
    """Whether the test itself created `table`, so that its DDL can be asked."""
    return bool(table_ddl(difference, dialect, table))


def is_rowid(difference: Difference, table: str, column: str) -> bool:
    """Whether `column` is exactly INTEGER PRIMARY KEY, which SQLite fills in by itself."""
    name, ddl = re.escape(column.lower()), table_ddl(difference, "sqlite", table)
    if re.search(rf'[(, ]"?{name}"? integer (?:not null )?primary key', ddl):
        return True
    return bool(re.search(rf'[(, ]"?{name}"? integer\b', ddl) and re.search(rf'primary key ?\("?{name}"?\)', ddl))


def is_key(difference: Difference, dialect: str, table: str, column: str) -> bool:
    """Whether `column` is the primary key of a table that the test created, or a part of it."""
    name, ddl = re.escape(column.lower()), table_ddl(difference, dialect, table)
    if re.search(rf'[(, ]"?{name}"? [^,]*\bprimary key\b(?! ?\()', ddl):
        return True
    return bool(re.search(rf"\bprimary key ?\([^()]*\b{name}\b", ddl))
