"""Known divergences: constraints."""

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Boolean, Column, Integer, MetaData, String, Table, text


@contract("fk-off-by-default", diverges=True, isolation="clone")
def test_fk_off_by_default(x: X) -> object:
    """Foreign keys are not enforced by default on SQLite."""
    x.many(
        "CREATE TABLE p(id INTEGER PRIMARY KEY)",
        "CREATE TABLE c(id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p(id) ON DELETE CASCADE)",
    )
    x.t(x.sql, "INSERT INTO c VALUES (1, 99)")
    x.many("INSERT INTO p VALUES (1)", "INSERT INTO c VALUES (2, 1)")
    x.sql("DELETE FROM p")
    return x.val("SELECT count(*) AS n FROM c WHERE id = 2")


@contract("fk-ddl-validation", diverges=True)
def test_fk_ddl_validation(x: X) -> object:
    """FK to a missing table / wrong type / non-unique parent column."""
    x.sql("CREATE TABLE p(id INTEGER PRIMARY KEY, code TEXT)")
    return {
        "missing table": x.t(x.sql, "CREATE TABLE a(x INTEGER REFERENCES nope(id))"),
        "type mismatch": x.t(x.sql, "CREATE TABLE b(x TEXT REFERENCES p(id))"),
        "not unique": x.t(x.sql, "CREATE TABLE c1(x TEXT REFERENCES p(code))"),
    }


@contract("deferred-constraints", diverges=True, isolation="clone")
def test_deferred_constraints(x: X) -> object:
    """DEFERRABLE INITIALLY DEFERRED and SET CONSTRAINTS."""
    x.many(
        "CREATE TABLE p(id INTEGER PRIMARY KEY)",
        "CREATE TABLE c(p_id INTEGER REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED)",
    )

    def go() -> None:
        with x.e.begin() as c:
            c.execute(text("INSERT INTO c VALUES (9)"))

    return {
        "commit": x.t(go),
        "SET CONSTRAINTS": x.t(x.sql, "SET CONSTRAINTS ALL DEFERRED"),
        "UNIQUE DEFERRABLE": x.t(x.sql, "CREATE TABLE u(a INTEGER, UNIQUE(a) DEFERRABLE INITIALLY DEFERRED)"),
    }


@contract("unique-shift-update", diverges=True)
def test_unique_shift_update(x: X) -> object:
    """UPDATE t SET pos = pos + 1 on a UNIQUE column."""
    x.many("CREATE TABLE t(pos INTEGER UNIQUE)", "INSERT INTO t VALUES (3),(2),(1)")
    x2 = {"insert order 3,2,1": x.t(x.sql, "UPDATE t SET pos = pos + 1")}
    x.many("CREATE TABLE u(id INTEGER PRIMARY KEY, pos INTEGER UNIQUE)", "INSERT INTO u VALUES (1,2),(2,1)")
    x.sql("UPDATE u SET id = id WHERE id = 1")
    x2["after touching row 1"] = x.t(x.sql, "UPDATE u SET pos = pos + 1")
    return x2


@contract("pk-null", diverges=True)
def test_pk_null(x: X) -> object:
    """NULL in a non-INTEGER primary key."""
    x.sql("CREATE TABLE t(id TEXT PRIMARY KEY)")
    return [
        x.t(x.sql, "INSERT INTO t VALUES (NULL)"),
        x.t(x.sql, "INSERT INTO t VALUES (NULL)"),
        x.val("SELECT count(*) FROM t"),
    ]


@contract("partial-index-where", diverges=True)
def test_partial_index_where(x: X) -> object:
    """Partial unique index with only one dialect's where."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("k", Integer), Column("deleted", Boolean))
    sa.Index("u", t.c.k, unique=True, postgresql_where=t.c.deleted.is_(False))
    m.create_all(x.e)
    return [x.t(x.sql, t.insert(), {"k": 1, "deleted": True}), x.t(x.sql, t.insert(), {"k": 1, "deleted": True})]


@contract("expression-index", diverges=True)
def test_expression_index(x: X) -> object:
    """Expression indexes."""
    m = MetaData()
    Table(
        "t", m, Column("id", Integer, primary_key=True), Column("ts", sa.DateTime(timezone=True)), Column("n", String)
    )
    m.create_all(x.e)
    return {
        "lower(n)": x.t(x.sql, "CREATE INDEX i1 ON t (lower(n))"),
        "date(ts)": x.t(x.sql, "CREATE INDEX i2 ON t (date(ts))"),
        "coalesce": x.t(x.sql, "CREATE INDEX i3 ON t (coalesce(n,''))"),
        "n || 'x'": x.t(x.sql, "CREATE INDEX i4 ON t (n || 'x')"),
        "(n || 'x')": x.t(x.sql, "CREATE INDEX i5 ON t ((n || 'x'))"),
    }


@contract("drop-table-dependents", diverges=True)
def test_drop_table_dependents(x: X) -> object:
    """DROP TABLE with referencing tables."""
    x.many("CREATE TABLE p(id INTEGER PRIMARY KEY)", "CREATE TABLE c(p_id INTEGER REFERENCES p(id))")
    return {"DROP p": x.t(x.sql, "DROP TABLE p"), "CASCADE": x.t(x.sql, "DROP TABLE IF EXISTS p CASCADE")}
