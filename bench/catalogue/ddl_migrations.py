"""DDL/migrations: changing tables, and asking what they look like."""

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from application import Application


def test_alter_table_limits(x: Application) -> None:
    """Forms of ALTER TABLE."""
    x.many(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)",
        "CREATE INDEX ib ON t (b)",
        "INSERT INTO t VALUES (1,1,1)",
    )
    changes = (
        "ALTER COLUMN a TYPE BIGINT", "ALTER COLUMN a SET NOT NULL", "ADD CONSTRAINT ck CHECK (a > 0)",
        "ADD COLUMN c INTEGER NOT NULL", "ADD COLUMN d INTEGER NOT NULL DEFAULT 0",
        "ADD COLUMN e TIMESTAMP DEFAULT CURRENT_TIMESTAMP", "ADD COLUMN f INTEGER UNIQUE",
        "ADD COLUMN IF NOT EXISTS a INTEGER", "DROP COLUMN b", "DROP COLUMN id", "RENAME COLUMN a TO a2",
    )  # fmt: skip
    x.tries(*(f"ALTER TABLE t {change}" for change in changes))


def test_alembic_batch(x: Application) -> None:
    """Alembic's alter_column, with and without batch mode."""
    x.sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(5), CHECK (length(a) > 1))")

    def plainly() -> None:
        with x.engine.begin() as connection:
            operations = Operations(MigrationContext.configure(connection))
            operations.alter_column("t", "a", type_=sa.String(50), existing_type=sa.String(5))

    def in_a_batch() -> None:
        with x.engine.begin() as connection:
            operations = Operations(MigrationContext.configure(connection))
            with operations.batch_alter_table("t") as batch:
                batch.alter_column("a", type_=sa.String(50), existing_type=sa.String(5))

    x.t(plainly)
    x.t(in_a_batch)
    x.t(x.sql, "INSERT INTO t VALUES (1, 'x')")


def test_default_expressions(x: Application) -> None:
    """Expressions as defaults."""
    defaults = (
        "(datetime('now'))", '"x"', "'x'", "CURRENT_TIMESTAMP", "(strftime('%s','now'))",
        "(lower(hex(randomblob(16))))", "now()", "NULL",
    )  # fmt: skip
    x.tries(*(f"CREATE TABLE t{at} (id INTEGER, a TEXT DEFAULT {default})" for at, default in enumerate(defaults)))


def test_catalog_queries(x: Application) -> None:
    """sqlite_master, PRAGMA, information_schema, VACUUM, TRUNCATE, SHOW."""
    x.tries(
        "SELECT name FROM sqlite_master",
        "PRAGMA table_info('t')",
        "SELECT count(*) AS n FROM information_schema.tables",
        "VACUUM",
        "ANALYZE",
        "REINDEX",
        "TRUNCATE TABLE nope",
        "SHOW server_version",
    )


def test_reflect_types(x: Application) -> None:
    """What SQLAlchemy reflects of the same metadata, kept as a snapshot of the schema."""
    t = sa.Table(
        "t",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("b", sa.Boolean, server_default=sa.true()),
        sa.Column("n", sa.Numeric(10, 2)),
        sa.Column("s", sa.String(5), server_default="x"),
        sa.Column("ts", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.Column("j", sa.JSON),
        sa.Column("u", sa.Uuid),
        sa.Column("e", sa.Enum("a", "b", name="e1")),
        sa.Column("lb", sa.LargeBinary),
        sa.Column("big", sa.BigInteger),
        sa.Column("f", sa.Float),
        sa.Column("tx", sa.Text, unique=True),
    )
    t.create(x.engine)
    x.sql("CREATE TABLE snapshot (name TEXT, type TEXT, default_text TEXT)")
    for column in sa.inspect(x.engine).get_columns("t"):
        x.sql(
            "INSERT INTO snapshot VALUES (:name, :type, :default)",
            {"name": column["name"], "type": str(column["type"]), "default": column["default"]},
        )
    x.sql("SELECT name, type, default_text FROM snapshot ORDER BY name")
