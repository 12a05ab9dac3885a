"""Known divergences: booleans."""

import json

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Boolean, Column, Integer, MetaData, Table, text


@contract("bool-eq-int", diverges=True)
def test_bool_eq_int(x: X) -> object:
    """WHERE flag = 1 on a BOOLEAN column."""
    x.many("CREATE TABLE t(id INTEGER, flag BOOLEAN)", "INSERT INTO t VALUES (1, TRUE)")
    return {
        "= 1": x.t(x.sql, "SELECT id FROM t WHERE flag = 1"),
        "= :p int": x.t(x.sql, "SELECT id FROM t WHERE flag = :p", {"p": 1}),
        "= :p True": x.t(x.sql, "SELECT id FROM t WHERE flag = :p", {"p": True}),
        "= TRUE": x.t(x.sql, "SELECT id FROM t WHERE flag = TRUE"),
    }


@contract("bool-read-type", diverges=True)
def test_bool_read_type(x: X) -> object:
    """Type of a boolean read through text()."""
    x.many("CREATE TABLE t(flag BOOLEAN)", "INSERT INTO t VALUES (TRUE)")
    v = x.val("SELECT flag FROM t")
    return {"value": v, "is True": v is True, "json": json.dumps(v), "str": str(v)}


@contract("bool-into-int", diverges=True)
def test_bool_into_int(x: X) -> object:
    """True bound into an INTEGER column."""
    x.sql("CREATE TABLE t(flag INTEGER)")
    return [
        x.t(x.sql, "INSERT INTO t VALUES (:p)", {"p": True}),
        x.t(x.sql, "INSERT INTO t VALUES (:p)", {"p": 1}),
        x.t(x.sql, "SELECT count(*) FROM t WHERE flag = :p", {"p": True}),
    ]


@contract("int-into-bool", diverges=True)
def test_int_into_bool(x: X) -> object:
    """1/0 bound into a BOOLEAN column."""
    x.sql("CREATE TABLE t(flag BOOLEAN)")
    return {
        "1": x.t(x.sql, "INSERT INTO t VALUES (1)"),
        ":p=1": x.t(x.sql, "INSERT INTO t VALUES (:p)", {"p": 1}),
        "'1'": x.t(x.sql, "INSERT INTO t VALUES ('1')"),
        "'yes'": x.t(x.sql, "INSERT INTO t VALUES ('yes')"),
        "read": x.sql("SELECT flag FROM t"),
    }


@contract("bool-default-int", diverges=True)
def test_bool_default_int(x: X) -> object:
    """BOOLEAN column with DEFAULT 0 / server_default."""

    def mk(d):
        m = MetaData()
        Table(
            "t_" + str(abs(hash(str(d))) % 999),
            m,
            Column("id", Integer, primary_key=True),
            Column("f", Boolean, server_default=d),
        )
        m.create_all(x.e)
        return "ok"

    return {
        "text('0')": x.t(mk, text("0")),
        "'0'": x.t(mk, "0"),
        "sa.false()": x.t(mk, sa.false()),
        "raw DEFAULT 0": x.t(x.sql, "CREATE TABLE r(f BOOLEAN DEFAULT 0)"),
    }


@contract("where-int-truthy", diverges=True)
def test_where_int_truthy(x: X) -> object:
    """Integers as conditions: WHERE 1, WHERE count, NOT n, AND 1."""
    x.many("CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (0),(3)")
    return {
        "WHERE 1": x.t(x.sql, "SELECT count(*) FROM t WHERE 1"),
        "WHERE n": x.t(x.sql, "SELECT n FROM t WHERE n"),
        "1=1 AND 1": x.t(x.sql, "SELECT 1 WHERE 1=1 AND 1"),
        "CASE WHEN n": x.t(x.sql, "SELECT CASE WHEN n THEN 'y' ELSE 'n' END FROM t"),
    }


@contract("exists-comparison-type", diverges=True)
def test_exists_comparison_type(x: X) -> object:
    """SELECT EXISTS(..) / SELECT a = b."""
    return x.sql("SELECT EXISTS(SELECT 1), 1 = 1, NULL IS NULL, 'a' LIKE 'a'")


@contract("true-literal-python", diverges=False)
def test_true_literal_python(x: X) -> object:
    """Boolean literal in UPDATE migrations (sa.true())."""
    x.many("CREATE TABLE t(f BOOLEAN)", "INSERT INTO t VALUES (NULL)")
    return {
        "raw true": x.t(x.sql, "UPDATE t SET f = true"),
        "sa.true()": x.t(x.sql, sa.update(sa.table("t", sa.column("f", Boolean))).values(f=sa.true())),
    }
