"""Everything that a SQLite file knows of its tables is read, also what no pragma tells."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from diglot.schema.logical import Schema, Table
from diglot.schema.read_sqlite import read_sqlite


def read(path: Path, *statements: str) -> Schema:
    """Return the schema that the statements make."""
    with closing(sqlite3.connect(path / "schema.db")) as connection:
        connection.executescript(";\n".join(statements))
    return read_sqlite(path / "schema.db")


def table(path: Path, *statements: str) -> Table:
    """Return the table `t` that the statements make."""
    return read(path, *statements).tables["t"]


def test_sqlite_checks_are_read_with_their_names(tmp_path: Path) -> None:
    """CHECKs of columns and of the table are read, whatever stands around and inside them."""
    found = table(
        tmp_path,
        """CREATE TABLE t (
            a INTEGER DEFAULT 0 CHECK (a > 0), -- CHECK (a > 9)
            g TEXT CHECK (CAST(g AS BLOB) COLLATE NOCASE <> 'x'),
            b TEXT NOT NULL CONSTRAINT "b is filled" CHECK (b <> '),' AND length(b) > 1) UNIQUE,
            "check" TEXT DEFAULT ('x'), /* CHECK (b) */
            CONSTRAINT ck_t CHECK ((a > 1) OR (b = 'CHECK (x)')),
            CHECK (a < 9 AND CAST(a AS TEXT) COLLATE NOCASE <> 'x')
        )""",
    )

    assert [(one.name, str(one.expression)) for one in found.checks] == [
        (None, "a > 0"),
        (None, "cast(g as blob) collate nocase <> 'x'"),
        ("b is filled", "b <> '),' and length(b) > 1"),
        ("ck_t", "(a > 1) or (b = 'CHECK (x)')"),
        (None, "a < 9 and cast(a as text) collate nocase <> 'x'"),
    ]
    assert [(one.name, one.columns) for one in found.uniques] == [(None, ("b",))]
    assert {(one.collation, one.generated) for one in found.columns} == {("", None)}


def test_sqlite_columns_are_read(tmp_path: Path) -> None:
    """Types, NULL, defaults, collations and computed columns are read."""
    found = table(
        tmp_path,
        """CREATE TABLE t (
            a VARCHAR(9) COLLATE NOCASE DEFAULT 'x', b NUMERIC(10, 2) NOT NULL, c DATETIME DEFAULT CURRENT_TIMESTAMP,
            d INTEGER GENERATED ALWAYS AS (b * 2) STORED, e TEXT AS (a || 'y'), f TEXT COLLATE BINARY
        )""",
    ).by_name

    assert (found["a"].type.length, found["a"].collation, str(found["a"].default)) == (9, "NOCASE", "'x'")
    assert (found["b"].type.precision, found["b"].type.scale, found["b"].nullable) == (10, 2, False)
    assert str(found["c"].default) == "CURRENT_TIMESTAMP"
    assert found["d"].type.family == "integer"
    assert [(str(one.generated.expression), one.generated.stored) for one in found.values() if one.generated] == [
        ("b * 2", True),
        ("a || 'y'", False),
    ]
    assert found["f"].collation == ""


@pytest.mark.parametrize(
    ("ddl", "generator", "nullable"),
    [
        ("id INTEGER PRIMARY KEY)", "rowid", False),
        ("id INTEGER PRIMARY KEY AUTOINCREMENT)", "rowid autoincrement", False),
        ("id INTEGER, PRIMARY KEY (id))", "rowid", False),
        ("id BIGINT PRIMARY KEY)", "", True),
        ("id TEXT PRIMARY KEY)", "", True),
        ("id TEXT PRIMARY KEY) WITHOUT ROWID", "", False),
        ("id INTEGER PRIMARY KEY) WITHOUT ROWID", "", False),
        ("id TEXT PRIMARY KEY) STRICT", "", False),
    ],
)
def test_sqlite_primary_key_is_read(tmp_path: Path, ddl: str, generator: str, nullable: bool) -> None:
    """What numbers rows, and whether a key may be NULL, is as SQLite does it."""
    found = table(tmp_path, f"CREATE TABLE t ({ddl}").columns[0]

    assert (found.generator, found.nullable) == (generator, nullable)


def test_sqlite_foreign_keys_are_read(tmp_path: Path) -> None:
    """Targets, actions, deferral and names are read, also where no column is referred to by name."""
    found = table(
        tmp_path,
        "CREATE TABLE p (x INTEGER, y INTEGER, PRIMARY KEY (x, y))",
        """CREATE TABLE t (
            a INTEGER CONSTRAINT fk_a REFERENCES q (id) ON DELETE SET NULL ON UPDATE CASCADE, b INTEGER, c INTEGER,
            d INTEGER REFERENCES q NOT DEFERRABLE INITIALLY DEFERRED,
            CONSTRAINT fk_bc FOREIGN KEY (b, c) REFERENCES p DEFERRABLE INITIALLY DEFERRED
        )""",
        "CREATE TABLE q (id INTEGER PRIMARY KEY)",
    ).foreign_keys
    by_columns = {one.columns: one for one in found}

    first = by_columns["a",]
    assert (first.name, first.table, first.referred, first.on_delete, first.on_update) == (
        "fk_a", "q", ("id",), "SET NULL", "CASCADE",
    )  # fmt: skip
    second = by_columns["b", "c"]
    assert (second.name, second.referred) == ("fk_bc", ("x", "y"))
    assert (second.deferrable, second.initially_deferred) == (True, True)
    assert (by_columns["d",].deferrable, by_columns["d",].initially_deferred) == (False, False)


def test_sqlite_indexes_are_read(tmp_path: Path) -> None:
    """Expressions, directions, collations and predicates are read; what belongs to a constraint is not an index."""
    found = table(
        tmp_path,
        "CREATE TABLE t (a TEXT COLLATE NOCASE, b INTEGER, CONSTRAINT u UNIQUE (a, b), UNIQUE (b))",
        "CREATE UNIQUE INDEX i ON t (lower(a), b DESC, a COLLATE RTRIM) WHERE b > 0 AND a <> ') WHERE'",
        'CREATE INDEX "j k" ON t("b")',
    )

    assert {(one.name, one.columns) for one in found.uniques} == {("u", ("a", "b")), (None, ("b",))}
    index, plain = found.indexes
    assert [(str(key.expression), key.column, key.descending, key.collation) for key in index.keys] == [
        ("lower(a)", "", False, ""),
        ("b", "b", True, ""),
        ("a", "a", False, "RTRIM"),
    ]
    assert (index.unique, str(index.predicate)) == (True, "b > 0 and a <> ') WHERE'")
    assert (plain.name, plain.unique, plain.predicate) == ("j k", False, None)


def test_sqlite_columns_added_later_are_read(tmp_path: Path) -> None:
    """What ALTER TABLE appended to the text of the table is read like the rest."""
    found = table(
        tmp_path,
        "CREATE TABLE t (a TEXT, CONSTRAINT c CHECK (a <> ''))",
        "ALTER TABLE t ADD COLUMN b TEXT COLLATE NOCASE CHECK (b <> 'x')",
        "ALTER TABLE t RENAME COLUMN a TO z",
    )

    assert sorted(str(one.expression) for one in found.checks) == ["b <> 'x'", "z <> ''"]
    assert found.by_name["b"].collation == "NOCASE"


def test_sqlite_leaves_out_what_is_its_own(tmp_path: Path) -> None:
    """Neither SQLite's tables nor those of a virtual table are the project's."""
    found = read(
        tmp_path,
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE VIRTUAL TABLE words USING fts5(body)",
        "CREATE TABLE words2 (a TEXT)",
    )

    assert set(found.tables) == {"t", "words2"}


def test_sqlite_file_is_not_touched(tmp_path: Path) -> None:
    """The file is opened to be read only, also when its name has signs that a URI reads."""
    folder = tmp_path / "a b?c#d%20"
    folder.mkdir()
    read(folder, "CREATE TABLE t (a TEXT)")
    before = (folder / "schema.db").read_bytes()
    (folder / "schema.db").chmod(0o444)

    assert set(read_sqlite(folder / "schema.db").tables) == {"t"}
    assert (folder / "schema.db").read_bytes() == before
