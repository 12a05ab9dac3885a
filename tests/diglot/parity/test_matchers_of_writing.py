"""Matchers of constraints, keys, transactions and DDL, asked about what their examples do not reach."""

import pytest
from made_up import broken, failed, only_postgresql, only_sqlite, other_value, ran, seen

from diglot.parity.causes.registry import cause_of
from diglot.parity.difference import Difference
from diglot.parity.evidence import insert_target
from diglot.parity.trace import UNKNOWN, Transaction

ASC = "SELECT id, rank FROM games ORDER BY rank"
MADE = ran("CREATE TABLE games (id INTEGER PRIMARY KEY, code TEXT PRIMARY KEY, note TEXT)")
ROLLED_BACK = Transaction("rollback", UNKNOWN)
NO_ID = 'null value in column "id" of relation "games" violates not-null constraint'
NO_NOTE = 'null value in column "note" of relation "games" violates not-null constraint'
TAKEN = 'duplicate key value violates unique constraint "games_pkey"\nDETAIL:  Key (id)=(1) already exists.'
COPIED = ran("CREATE TABLE _alembic_tmp_games (id INTEGER)")

CASES = {
    "type of a foreign key": (
        "fk-ddl-validation",
        only_postgresql(
            "CREATE TABLE b (x TEXT REFERENCES p (id))",
            "42804",
            'foreign key constraint "b_x_fkey" cannot be implemented',
        ),
    ),
    "foreign key when it is used": (
        "fk-ddl-validation",
        only_sqlite("INSERT INTO c1 VALUES (1)", 'foreign key mismatch - "c1" referencing "p"'),
    ),
    "deferrable unique": (
        "deferred-constraints",
        only_sqlite("CREATE TABLE u (a INTEGER UNIQUE DEFERRABLE)", 'near "DEFERRABLE": syntax error'),
    ),
    "shift of a quoted column": (
        "unique-shift-update",
        only_postgresql('UPDATE t SET "pos" = "pos" + 1', "23505", TAKEN),
    ),
    "unique value that is set": (None, only_postgresql("UPDATE t SET pos = 1", "23505", TAKEN)),
    "null key by name": (
        "pk-null",
        only_postgresql("INSERT INTO games (code) VALUES (NULL)", "23502", NO_ID.replace('"id"', '"code"'), [MADE]),
    ),
    "null for the row's number": (
        "integer-pk-raw-ddl",
        only_postgresql("INSERT INTO games VALUES (NULL, 'a')", "23502", NO_ID, [MADE]),
    ),
    "no id, table of a migration": (
        "integer-pk-raw-ddl",
        only_postgresql("INSERT INTO games (note) VALUES ('a')", "23502", NO_ID),
    ),
    "no value for a plain column": (
        None,
        only_postgresql("INSERT INTO games (code) VALUES ('a')", "23502", NO_NOTE, [MADE]),
    ),
    "autoincrement": (
        "integer-pk-raw-ddl",
        only_postgresql(
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
            "42601",
            'syntax error at or near "AUTOINCREMENT"',
        ),
    ),
    "key of two columns": (
        "bigint-pk",
        broken("sqlite", "CompileError", "SQLite does not support autoincrement for composite primary keys"),
    ),
    "key that SQLite does not count": (
        "bigint-pk",
        only_sqlite("INSERT INTO t (a) VALUES (1)", "NOT NULL constraint failed: t.id", "SQLITE_CONSTRAINT_NOTNULL"),
    ),
    "column that SQLite wants": (
        None,
        only_sqlite("INSERT INTO t (a) VALUES (1)", "NOT NULL constraint failed: t.note", "SQLITE_CONSTRAINT_NOTNULL"),
    ),
    "partial on SQLite": (
        "partial-index-where",
        only_postgresql(
            "INSERT INTO t (id, a) VALUES (1, 'x')",
            "23505",
            TAKEN,
            [ran("CREATE UNIQUE INDEX t_a ON t (a) WHERE gone = 0")],
        ),
    ),
    "unique on both": (
        None,
        only_sqlite(
            "INSERT INTO t (a) VALUES ('x')",
            "UNIQUE constraint failed: t.a",
            "SQLITE_CONSTRAINT_UNIQUE",
            [ran("CREATE UNIQUE INDEX t_a ON t (a)")],
        ),
    ),
    "function of an index": (
        "expression-index",
        only_postgresql(
            "CREATE INDEX i ON t (date(at))", "42P17", "functions in index expression must be marked IMMUTABLE"
        ),
    ),
    "cascade": ("drop-table-dependents", only_sqlite("DROP TABLE p CASCADE", 'near "CASCADE": syntax error')),
    "savepoint that is gone": (
        "savepoint-pysqlite",
        only_sqlite("RELEASE SAVEPOINT sa_savepoint_1", "no such savepoint: sa_savepoint_1"),
    ),
    "table that survived": (
        "ddl-in-transaction",
        only_sqlite("CREATE TABLE games (id INTEGER)", "table games already exists", before=[MADE, ROLLED_BACK]),
    ),
    "table that is there twice": (
        None,
        only_sqlite("CREATE TABLE games (id INTEGER)", "table games already exists", before=[MADE]),
    ),
    "table that was not committed": (
        "missing-commit-ddl",
        only_postgresql("SELECT id FROM games", "42P01", 'relation "games" does not exist', [MADE, ROLLED_BACK]),
    ),
    "table that never was": (
        None,
        only_postgresql("SELECT id FROM games", "42P01", 'relation "games" does not exist'),
    ),
    "cursor that is open": (
        "open-tx-blocks-ddl",
        only_sqlite("DROP TABLE t", "database table is locked", "SQLITE_LOCKED"),
    ),
    "row that is locked": (
        "database-is-locked",
        only_postgresql("UPDATE t SET n = 1", "55P03", "canceling statement due to lock timeout"),
    ),
    "deadlock": ("database-is-locked", only_postgresql("UPDATE t SET n = 1", "40P01", "deadlock detected")),
    "race whose threads were not paired": (
        "concurrent-upsert-race",
        seen(
            "error",
            failed("INSERT INTO t VALUES ('x')", "SQLITE_BUSY", "database is locked"),
            None,
            postgresql_before=[failed("INSERT INTO t VALUES ('x')", "23505", TAKEN)],
        ),
    ),
    "race, seen from Postgres": (
        "concurrent-upsert-race",
        seen(
            "error",
            None,
            failed("INSERT INTO t VALUES ('x')", "23505", TAKEN),
            [failed("INSERT INTO t VALUES ('x')", "SQLITE_BUSY_SNAPSHOT", "database is locked")],
            postgresql_before=[],
        ),
    ),
    "upsert that one dialect never got": (
        "upsert-generic-insert",
        seen("statement", ran("INSERT INTO t VALUES (1) ON CONFLICT (k) DO NOTHING"), None),
    ),
    "upsert that SQLite never got": (
        "upsert-generic-insert",
        seen("statement", None, ran("INSERT INTO t VALUES (1) ON CONFLICT (k) DO NOTHING")),
    ),
    "upsert of another form": (
        None,
        seen(
            "statement",
            ran("INSERT INTO t VALUES (1) ON CONFLICT (k) DO NOTHING"),
            None,
            postgresql_before=[ran("INSERT INTO t SELECT 1 WHERE true ON CONFLICT DO NOTHING")],
        ),
    ),
    "upsert that did not compile": (
        "upsert-generic-insert",
        broken("postgresql", "AttributeError", "'OnConflictDoUpdate' object has no attribute 'constraint_target'"),
    ),
    "default that is not constant": (
        "default-expressions",
        only_sqlite("CREATE TABLE t (a TEXT DEFAULT (b))", "default value of column [a] is not constant"),
    ),
    "commit in SQL": ("begin-by-hand", only_sqlite("COMMIT", "cannot commit - no transaction is active")),
    "no key that fits an upsert": (
        "on-conflict-details",
        only_sqlite(
            "INSERT INTO t VALUES (1) ON CONFLICT (k) DO NOTHING",
            "ON CONFLICT clause does not match any PRIMARY KEY or UNIQUE constraint",
        ),
    ),
    "half of a key": (
        None,
        only_postgresql(
            "INSERT INTO t (a) VALUES (1)",
            "23505",
            "duplicate key\nDETAIL:  Key (a, b)=(1, 2) already exists.",
        ),
    ),
    "key that SQLAlchemy declared": (
        "integer-pk-raw-ddl",
        only_postgresql(
            "INSERT INTO games VALUES (NULL)",
            "23502",
            NO_ID,
            [ran("CREATE TABLE games (id INTEGER NOT NULL, note TEXT, PRIMARY KEY (id))")],
        ),
    ),
    "table of a copy": (
        "alembic-batch",
        seen("statement", ran("DROP TABLE games"), None, [COPIED]),
    ),
    "table that is dropped on SQLite only": (None, seen("statement", ran("DROP TABLE games"), None)),
    "table beside a type": (
        "reflect-types",
        seen("statement", None, ran("CREATE TABLE t (a side)"), [ran("CREATE TYPE side AS ENUM ('buy')")]),
    ),
    "table on Postgres only": (None, seen("statement", None, ran("CREATE TABLE t (a INTEGER)"))),
    "serialization failure": (
        "lost-update",
        only_postgresql("UPDATE t SET n = 1", "40001", "could not serialize access due to concurrent update"),
    ),
    "for update in SQL": ("for-update", only_sqlite("SELECT id FROM t FOR UPDATE", 'near "UPDATE": syntax error')),
    "immediate": (
        "begin-by-hand",
        only_postgresql("BEGIN IMMEDIATE", "42601", 'syntax error at or near "IMMEDIATE"'),
    ),
    "column that cannot be added": (
        "alter-table-limits",
        only_sqlite("ALTER TABLE t ADD COLUMN f INTEGER UNIQUE", "Cannot add a UNIQUE column"),
    ),
    "check that a copy lost": (
        "alembic-batch",
        only_postgresql("INSERT INTO games VALUES (1)", "23514", 'new row for relation "games" violates', [COPIED]),
    ),
    "check that SQLite never had": (
        None,
        only_postgresql("INSERT INTO games VALUES (1)", "23514", 'new row for relation "games" violates'),
    ),
    "call as a default": (
        "default-expressions",
        only_sqlite("CREATE TABLE t (a TIMESTAMP DEFAULT now())", 'near "(": syntax error'),
    ),
    "quoted default": (
        "default-expressions",
        only_postgresql(
            'CREATE TABLE t (a TEXT DEFAULT "x")', "0A000", "cannot use column reference in DEFAULT expression"
        ),
    ),
    "function beside a default": (
        "string-functions",
        only_postgresql(
            "CREATE TABLE t (a INTEGER DEFAULT 1, CHECK (typeof(a) = 'x'))",
            "42883",
            "function typeof(integer) does not exist",
        ),
    ),
    "pragma": (
        "catalog-queries",
        only_postgresql("PRAGMA table_info('t')", "42601", 'syntax error at or near "PRAGMA"'),
    ),
    "show": ("catalog-queries", only_sqlite("SHOW server_version", 'near "SHOW": syntax error')),
    "or ignore": (
        "insert-or-replace",
        only_postgresql("INSERT OR IGNORE INTO t VALUES (1)", "42601", 'syntax error at or near "OR"'),
    ),
    "conflict of a constraint": (
        "insert-or-replace",
        only_postgresql("CREATE TABLE t (a TEXT UNIQUE ON CONFLICT REPLACE)", "42601", 'syntax error at or near "ON"'),
    ),
    "bare column in an upsert": (
        "on-conflict-details",
        only_postgresql(
            "INSERT INTO t VALUES (1) ON CONFLICT (k) DO UPDATE SET v = v + 1",
            "42702",
            'column reference "v" is ambiguous',
        ),
    ),
    "upsert from a select": (
        "on-conflict-details",
        only_sqlite("INSERT INTO t SELECT k FROM s ON CONFLICT (k) DO NOTHING", 'near "DO": syntax error'),
    ),
    "alias in returning": (
        "returning",
        only_sqlite("UPDATE t AS q SET a = 1 WHERE q.id = 1 RETURNING q.id", "no such column: q.id"),
    ),
    "delete with a limit": (
        "returning",
        only_postgresql("DELETE FROM t LIMIT 1", "42601", 'syntax error at or near "LIMIT"'),
    ),
    "delete using": ("returning", only_sqlite("DELETE FROM t USING s WHERE s.i = t.i", 'near "USING": syntax error')),
    "sequence behind": (
        "explicit-id-sequence",
        only_postgresql("INSERT INTO games (note) VALUES ('a')", "23505", TAKEN),
    ),
    "id that is given twice": (None, only_postgresql("INSERT INTO games (id, note) VALUES (1, 'a')", "23505", TAKEN)),
    "id after a refusal": (
        "id-reuse",
        other_value("INSERT INTO t (a) VALUES (1) RETURNING id", "id", 2, 3, [failed("INSERT", "23505", "taken")]),
    ),
    "id without a gap": (None, other_value("INSERT INTO t (a) VALUES (1) RETURNING id", "id", 2, 3)),
    "quantity after a delete": (None, other_value("SELECT quantity FROM t", "quantity", 2, 3, [ran("DELETE FROM t")])),
}


@pytest.mark.parametrize(("cause", "difference"), CASES.values(), ids=list(CASES))
def test_difference_gets_its_cause(cause: str | None, difference: Difference) -> None:
    """Of all causes the one that fits is named, and none where none does."""
    found = cause_of(difference)

    assert (found.name if found else None) == cause


@pytest.mark.parametrize(
    ("sql", "target"),
    [
        ('INSERT OR IGNORE INTO main."games" ("Id", note) VALUES (1, 2)', ("games", ("id", "note"))),
        ("INSERT INTO games VALUES (1)", ("games", None)),
        ("INSERT INTO games (SELECT id FROM old)", ("games", None)),
        ("REPLACE INTO games (id) VALUES (1)", ("games", ("id",))),
        ("UPDATE games SET id = 1", ("", None)),
    ],
)
def test_insert_target_is_read(sql: str, target: tuple[str, tuple[str, ...] | None]) -> None:
    """An INSERT's table and named columns are read, in whichever dialect it is written."""
    assert insert_target(sql) == target
