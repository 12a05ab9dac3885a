"""Known divergences: DDL/migrations."""

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, func


@contract("alter-table-limits", diverges=True)
def test_alter_table_limits(x: X) -> object:
    """ALTER TABLE forms."""
    x.many(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER)",
        "CREATE INDEX ib ON t(b)",
        "INSERT INTO t VALUES (1,1,1)",
    )
    return {
        s: x.t(x.sql, "ALTER TABLE t " + s)
        for s in (
            "ALTER COLUMN a TYPE BIGINT",
            "ALTER COLUMN a SET NOT NULL",
            "ADD CONSTRAINT ck CHECK (a > 0)",
            "ADD COLUMN c INTEGER NOT NULL",
            "ADD COLUMN d INTEGER NOT NULL DEFAULT 0",
            "ADD COLUMN e TIMESTAMP DEFAULT CURRENT_TIMESTAMP",
            "ADD COLUMN f INTEGER UNIQUE",
            "ADD COLUMN IF NOT EXISTS a INTEGER",
            "DROP COLUMN b",
            "DROP COLUMN id",
            "RENAME COLUMN a TO a2",
        )
    }


@contract("alembic-batch", diverges=True)
def test_alembic_batch(x: X) -> object:
    """Alembic alter_column with and without batch mode."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    x.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, a VARCHAR(5), CHECK (length(a) > 1))")

    def plain():
        with x.e.begin() as c:
            Operations(MigrationContext.configure(c)).alter_column(
                "t", "a", type_=sa.String(50), existing_type=sa.String(5)
            )
            return "ok"

    def batch():
        with x.e.begin() as c:
            with Operations(MigrationContext.configure(c)).batch_alter_table("t") as b:
                b.alter_column("a", type_=sa.String(50), existing_type=sa.String(5))
            return "ok"

    r = {"plain": x.t(plain), "batch": x.t(batch)}
    r["unnamed CHECK still enforced"] = x.t(x.sql, "INSERT INTO t VALUES (1,'x')")
    return r


@contract("default-expressions", diverges=True)
def test_default_expressions(x: X) -> object:
    """DEFAULT expressions in DDL."""
    return {
        s: x.t(x.sql, f"CREATE TABLE t{i}(id INTEGER, a TEXT DEFAULT {s})")
        for i, s in enumerate(
            (
                "(datetime('now'))",
                '"x"',
                "'x'",
                "CURRENT_TIMESTAMP",
                "(strftime('%s','now'))",
                "(lower(hex(randomblob(16))))",
                "now()",
                "NULL",
            )
        )
    }


@contract("catalog-queries", diverges=True)
def test_catalog_queries(x: X) -> object:
    """Sqlite_master / PRAGMA / information_schema."""
    return {
        s: x.t(x.sql, s) if "!" in str(x.t(x.sql, s)) else "ok"
        for s in (
            "SELECT name FROM sqlite_master",
            "PRAGMA table_info('t')",
            "SELECT count(*) FROM information_schema.tables",
            "VACUUM",
            "ANALYZE",
            "REINDEX",
            "TRUNCATE TABLE nope",
            "SHOW server_version",
        )
    }


@contract("reflect-types", diverges=True)
def test_reflect_types(x: X) -> object:
    """Reflected schema of the same metadata."""
    m = MetaData()
    Table(
        "t",
        m,
        Column("id", Integer, primary_key=True),
        Column("b", Boolean, server_default=sa.true()),
        Column("n", sa.Numeric(10, 2)),
        Column("s", String(5), server_default="x"),
        Column("ts", sa.DateTime(timezone=True), server_default=func.now()),
        Column("j", sa.JSON),
        Column("u", sa.Uuid),
        Column("e", sa.Enum("a", "b", name="e1")),
        Column("lb", sa.LargeBinary),
        Column("big", sa.BigInteger),
        Column("f", sa.Float),
        Column("tx", sa.Text, unique=True),
    )
    m.create_all(x.e)
    i = sa.inspect(x.e)
    return {
        "cols": {
            c["name"]: f"{c['type']!r}".split("(")[0] + f":{c['type']}"[:18] + f" d={c['default']}"
            for c in i.get_columns("t")
        },
        "uq": [(u["name"], u["column_names"]) for u in i.get_unique_constraints("t")],
        "ix": [(u["name"], u.get("unique")) for u in i.get_indexes("t")],
        "pk": i.get_pk_constraint("t")["name"],
    }
