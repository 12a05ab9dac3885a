"""Known divergences: upsert/returning."""

from contract import X, contract
from sqlalchemy import Column, Integer, MetaData, String, Table
from sqlalchemy.dialects import postgresql as pgd, sqlite as sld


@contract("insert-or-replace", diverges=True)
def test_insert_or_replace(x: X) -> object:
    """INSERT OR REPLACE / OR IGNORE / REPLACE INTO."""
    x.many("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT)", "INSERT INTO t VALUES (1,'a','b')")
    r = {
        s.split(" INTO")[0]: x.t(x.sql, s)
        for s in (
            "INSERT OR IGNORE INTO t(id,a) VALUES (1,'z')",
            "INSERT OR REPLACE INTO t(id,a) VALUES (1,'z')",
            "REPLACE INTO t(id,a) VALUES (1,'y')",
        )
    }
    r["row"] = x.sql("SELECT * FROM t")
    r["ON CONFLICT"] = x.t(x.sql, "INSERT INTO t(id,a) VALUES (1,'w') ON CONFLICT (id) DO UPDATE SET a = excluded.a")
    r["row after ON CONFLICT"] = x.sql("SELECT * FROM t")
    return r


@contract("on-conflict-details", diverges=True)
def test_on_conflict_details(x: X) -> object:
    """ON CONFLICT edge cases."""
    x.many(
        "CREATE TABLE t(k INTEGER, v TEXT, CONSTRAINT uk UNIQUE (k))",
        "CREATE TABLE s(k INTEGER)",
        "INSERT INTO s VALUES (7)",
    )
    return {
        "dup in one statement": x.t(
            x.sql, "INSERT INTO t VALUES (1,'a'),(1,'b') ON CONFLICT (k) DO UPDATE SET v = excluded.v"
        ),
        "no target DO NOTHING": x.t(x.sql, "INSERT INTO t VALUES (1,'c') ON CONFLICT DO NOTHING"),
        "no target DO UPDATE": x.t(x.sql, "INSERT INTO t VALUES (1,'c') ON CONFLICT DO UPDATE SET v = 'q'"),
        "ON CONSTRAINT": x.t(x.sql, "INSERT INTO t VALUES (1,'d') ON CONFLICT ON CONSTRAINT uk DO NOTHING"),
        "INSERT..SELECT": x.t(x.sql, "INSERT INTO t SELECT k, 'x' FROM s ON CONFLICT (k) DO NOTHING"),
        "..WHERE true": x.t(x.sql, "INSERT INTO t SELECT k, 'x' FROM s WHERE true ON CONFLICT (k) DO NOTHING"),
        "bare column in SET": x.t(
            x.sql, "INSERT INTO t VALUES (1,'n') ON CONFLICT (k) DO UPDATE SET v = v || excluded.v"
        ),
        "t.v": x.t(x.sql, "INSERT INTO t VALUES (1,'n') ON CONFLICT (k) DO UPDATE SET v = t.v || excluded.v"),
        "no unique index": x.t(x.sql, "INSERT INTO s VALUES (1) ON CONFLICT (k) DO NOTHING"),
    }


@contract("upsert-generic-insert", diverges=True)
def test_upsert_generic_insert(x: X) -> object:
    """Dialect-specific insert().on_conflict_* on the other dialect."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("a", String))
    m.create_all(x.e)
    return {
        "sqlite insert": x.t(
            x.sql, sld.insert(t).values(id=1, a="x").on_conflict_do_update(index_elements=["id"], set_={"a": "y"})
        ),
        "pg insert": x.t(
            x.sql, pgd.insert(t).values(id=1, a="x").on_conflict_do_update(index_elements=["id"], set_={"a": "y"})
        ),
        "pg insert constraint=": x.t(
            x.sql, pgd.insert(t).values(id=1, a="x").on_conflict_do_update(constraint="t_pkey", set_={"a": "z"})
        ),
        "row": x.sql("SELECT * FROM t"),
    }


@contract("returning", diverges=True)
def test_returning(x: X) -> object:
    """RETURNING."""
    x.many("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)", "INSERT INTO t VALUES (1,'a'),(2,'b')")
    return {
        "insert": x.t(x.sql, "INSERT INTO t VALUES (3,'c') RETURNING id"),
        "update alias": x.t(x.sql, "UPDATE t AS q SET a = 'z' WHERE q.id = 1 RETURNING q.id"),
        "delete t.id": x.t(x.sql, "DELETE FROM t WHERE id = 3 RETURNING t.id"),
        "CTE DML": x.t(x.sql, "WITH d AS (DELETE FROM t WHERE id = 2 RETURNING id) SELECT id FROM d"),
        "update from": x.t(
            x.sql, "UPDATE t SET a = s.b FROM (SELECT 1 AS i, 'n' AS b) s WHERE s.i = t.id RETURNING t.a"
        ),
        "delete using": x.t(x.sql, "DELETE FROM t USING (SELECT 2 AS i) s WHERE s.i = t.id"),
        "delete limit": x.t(x.sql, "DELETE FROM t WHERE id > 0 LIMIT 1"),
    }
