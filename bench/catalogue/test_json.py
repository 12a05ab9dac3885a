"""Known divergences: JSON."""

import json

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.dialects import postgresql as pgd


@contract("json-raw-read", diverges=True)
def test_json_raw_read(x: X) -> object:
    """JSON column read through text()."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("d", sa.JSON))
    m.create_all(x.e)
    x.sql(t.insert(), {"id": 1, "d": {"b": 1, "a": [1.0, None]}})
    v = x.val("SELECT d FROM t")
    return {
        "raw": v,
        "json.loads(raw)": x.t(lambda: json.loads(v)),
        "typed": x.val(select(t.c.d)),
        "bind dict": x.t(x.sql, "UPDATE t SET d = :d", {"d": {"z": 1}}),
        "bind dumps": x.t(x.sql, "UPDATE t SET d = :d", {"d": '{"z": 1}'}),
    }


@contract("json-path-operators", diverges=True)
def test_json_path_operators(x: X) -> object:
    """-> / ->> / json_extract."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("d", sa.JSON))
    m.create_all(x.e)
    x.sql(t.insert(), {"id": 1, "d": {"a": 5, "f": True, "s": "x", "n": None}})
    r = {
        s: x.t(x.val, f"SELECT {s} FROM t")
        for s in ("d ->> 'a'", "d ->> '$.a'", "d -> 's'", "json_extract(d,'$.a')", "d ->> 'f'", "d ->> 'n'")
    }
    r["->> = 5"] = x.t(x.sql, "SELECT id FROM t WHERE d ->> 'a' = 5")
    r["Core as_integer"] = x.t(x.sql, select(t.c.id).where(t.c.d["a"].as_integer() == 5))
    r["Core as_boolean"] = x.t(x.sql, select(t.c.d["f"].as_boolean()))
    r["Core ['a'] == 5"] = x.t(x.sql, select(t.c.id).where(t.c.d["a"] == 5))
    return r


@contract("json-null", diverges=True)
def test_json_null(x: X) -> object:
    """JSON null vs SQL NULL."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("d", sa.JSON))
    m.create_all(x.e)
    x.sql(t.insert(), [{"id": 1, "d": None}])
    x.sql("INSERT INTO t(id) VALUES (2)")
    return {
        "IS NULL": x.sql("SELECT id FROM t WHERE d IS NULL"),
        "raw": x.sql("SELECT d FROM t ORDER BY id"),
        "== None": x.sql(select(t.c.id).where(t.c.d == None)),
        "== JSON.NULL": x.t(x.sql, select(t.c.id).where(t.c.d == sa.JSON.NULL)),
    }


@contract("json-equality-distinct", diverges=True)
def test_json_equality_distinct(x: X) -> object:
    """=, DISTINCT, GROUP BY, UNION on JSON."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("d", sa.JSON))
    m.create_all(x.e)
    x.sql(t.insert(), [{"id": 1, "d": {"a": 1, "b": 2}}, {"id": 2, "d": {"b": 2, "a": 1}}])
    return {
        "DISTINCT": x.t(x.sql, select(t.c.d).distinct()),
        "=": x.t(x.sql, select(t.c.id).where(t.c.d == {"a": 1, "b": 2})),
    }


@contract("jsonb-normalisation", diverges=True)
def test_jsonb_normalisation(x: X) -> object:
    """Key order, duplicate keys, number formatting."""
    m = MetaData()
    t = Table(
        "t", m, Column("id", Integer, primary_key=True), Column("d", sa.JSON().with_variant(pgd.JSONB(), "postgresql"))
    )
    m.create_all(x.e)
    x.sql('INSERT INTO t VALUES (1, \'{"bb": 1, "a": 1e2, "a": 1.10}\')')
    return {"dumps": json.dumps(x.val(select(t.c.d))), "text": x.val("SELECT CAST(d AS TEXT) FROM t")}
