"""Known divergences: autoincrement/sequence."""

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Column, Integer, MetaData, String, Table


@contract("explicit-id-sequence", diverges=True)
def test_explicit_id_sequence(x: X) -> object:
    """Autoincrement after explicit-id inserts."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("a", String))
    m.create_all(x.e)
    x.sql(t.insert(), {"id": 1, "a": "seed"})
    return {
        "next insert": x.t(lambda: x.sql(t.insert().returning(t.c.id), {"a": "n"})),
        "again": x.t(lambda: x.sql(t.insert().returning(t.c.id), {"a": "n"})),
    }


@contract("id-reuse", diverges=True)
def test_id_reuse(x: X) -> object:
    """Id reuse after DELETE / ROLLBACK."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("a", String))
    m.create_all(x.e)
    ins = lambda: x.sql(t.insert().returning(t.c.id), {"a": "x"})[0][0]
    a, b = ins(), ins()
    x.sql("DELETE FROM t WHERE id = 2")
    c = ins()
    with x.e.connect() as k:
        k.execute(t.insert(), {"a": "rolled back"})
        k.rollback()
    d = ins()
    x.sql("DELETE FROM t")
    return {"ids": [a, b, c, d], "after DELETE all": ins()}


@contract("integer-pk-raw-ddl", diverges=True)
def test_integer_pk_raw_ddl(x: X) -> object:
    """`id INTEGER PRIMARY KEY` in raw DDL."""
    x.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT)")
    return x.t(x.sql, "INSERT INTO t(a) VALUES ('x')")


@contract("bigint-pk", diverges=True)
def test_bigint_pk(x: X) -> object:
    """BigInteger / SmallInteger / composite integer PK autoincrement."""
    m = MetaData()
    t = Table("t", m, Column("id", sa.BigInteger, primary_key=True), Column("a", String))
    u = Table(
        "u", m, Column("id", Integer, primary_key=True), Column("k", Integer, primary_key=True), Column("a", String)
    )
    w = Table(
        "w", m, Column("id", Integer, primary_key=True, autoincrement=True), Column("k", Integer, primary_key=True)
    )
    t.create(x.e)
    u.create(x.e)
    return {
        "BigInteger": x.t(x.sql, t.insert(), {"a": "x"}),
        "composite": x.t(x.sql, u.insert(), {"k": 1, "a": "x"}),
        "composite autoincrement=True": x.t(lambda: (w.create(x.e), x.sql(w.insert(), {"k": 1}))[1]),
    }


@contract("rowid", diverges=True)
def test_rowid(x: X) -> object:
    """Rowid / _rowid_ / oid."""
    x.many("CREATE TABLE t(a TEXT)", "INSERT INTO t VALUES ('x')")
    return {
        "rowid": x.t(x.sql, "SELECT rowid FROM t"),
        "oid": x.t(x.sql, "SELECT oid FROM t"),
        "dedupe": x.t(x.sql, "DELETE FROM t WHERE rowid NOT IN (SELECT MIN(rowid) FROM t GROUP BY a)"),
    }
