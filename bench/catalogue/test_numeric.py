"""Known divergences: numeric."""

import json
import math
from decimal import Decimal

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Column, Integer, MetaData, Table, select


@contract("int-division", diverges=True)
def test_int_division(x: X) -> object:
    """Integer division."""
    x.many("CREATE TABLE t(a INTEGER, b INTEGER)", "INSERT INTO t VALUES (5,2)")
    t = sa.table("t", sa.column("a", Integer), sa.column("b", Integer))
    return {
        "5/2": x.val("SELECT 5/2"),
        "-5/2": x.val("SELECT -5/2"),
        "-5 % 3": x.val("SELECT -5 % 3"),
        "Core a/b": x.val(select(t.c.a / t.c.b)),
        "Core a//b": x.val(select(t.c.a // t.c.b)),
        "avg": x.val("SELECT avg(a) FROM t"),
    }


@contract("numeric-column-int-division", diverges=True)
def test_numeric_column_int_division(x: X) -> object:
    """Division on a NUMERIC column holding whole numbers."""
    x.many("CREATE TABLE t(price NUMERIC(10,2))", "INSERT INTO t VALUES (5.00)")
    return {"price/2": x.val("SELECT price/2 FROM t"), "price/2.0": x.val("SELECT price/2.0 FROM t")}


@contract("division-by-zero", diverges=True)
def test_division_by_zero(x: X) -> object:
    """Division / modulo by zero."""
    return {
        "1/0": x.t(x.val, "SELECT 1/0"),
        "1%0": x.t(x.val, "SELECT 1%0"),
        "1.0/0": x.t(x.val, "SELECT 1.0/0"),
        "NULLIF": x.t(x.val, "SELECT 1/NULLIF(0,0)"),
    }


@contract("sum-overflow", diverges=True)
def test_sum_overflow(x: X) -> object:
    """SUM over 64-bit."""
    x.many("CREATE TABLE t(n BIGINT)", "INSERT INTO t VALUES (9223372036854775807),(1)")
    return x.t(x.val, "SELECT SUM(n) FROM t")


@contract("aggregate-result-types", diverges=True)
def test_aggregate_result_types(x: X) -> object:
    """Python type of SUM/AVG/ROUND results."""
    x.many(
        "CREATE TABLE t(i INTEGER, b BIGINT, f FLOAT, n NUMERIC(10,2))",
        "INSERT INTO t VALUES (1,1,1.5,1.50),(2,2,2.5,2.25)",
    )
    r = {
        k: x.val(f"SELECT {k} FROM t")
        for k in ("sum(i)", "sum(b)", "avg(i)", "avg(f)", "sum(n)", "max(n)", "round(avg(i))", "count(*)")
    }
    r["json.dumps(avg)"] = x.t(lambda: json.dumps(r["avg(i)"]))
    r["avg*1.1"] = x.t(lambda: r["avg(i)"] * 1.1)
    return r


@contract("numeric-vs-float", diverges=True)
def test_numeric_vs_float(x: X) -> object:
    """NUMERIC(10,2) storage: exactness and scale."""
    m = MetaData()
    t = Table("t", m, Column("id", Integer, primary_key=True), Column("p", sa.Numeric(10, 2)))
    m.create_all(x.e)
    x.sql(t.insert(), [{"p": Decimal("0.10")}, {"p": Decimal("0.20")}, {"p": Decimal("1.005")}])
    return {
        "raw": x.sql("SELECT p FROM t ORDER BY id"),
        "typed": x.sql(select(t.c.p).order_by(t.c.id)),
        "sum raw": x.val("SELECT SUM(p) FROM t WHERE id < 3"),
        "sum = 0.3": x.val("SELECT CASE WHEN SUM(p) = 0.3 THEN 'eq' ELSE 'ne' END FROM t WHERE id < 3"),
        "p = 1.005": x.sql("SELECT 1 FROM t WHERE p = 1.005"),
    }


@contract("float-column-precision", diverges=True)
def test_float_column_precision(x: X) -> object:
    """FLOAT / REAL column precision."""
    x.sql("CREATE TABLE t(r REAL, f FLOAT)")
    x.sql("INSERT INTO t VALUES (0.1, 0.1)")
    return {
        "read": x.sql("SELECT r, f FROM t"),
        "r = 0.1": x.sql("SELECT 1 FROM t WHERE r = 0.1"),
        "r = f": x.sql("SELECT 1 FROM t WHERE r = f"),
    }


@contract("nan-infinity", diverges=True)
def test_nan_infinity(x: X) -> object:
    """NaN and Infinity."""
    x.sql("CREATE TABLE t(id INTEGER, f DOUBLE PRECISION)")
    return {
        "nan": x.t(x.sql, "INSERT INTO t VALUES (1, :v)", {"v": math.nan}),
        "inf": x.t(x.sql, "INSERT INTO t VALUES (2, :v)", {"v": math.inf}),
        "1.0": x.t(x.sql, "INSERT INTO t VALUES (3, 1.0)"),
        "order": x.sql("SELECT id, f FROM t ORDER BY f"),
        "count(f)": x.val("SELECT count(f) FROM t"),
        "max": x.val("SELECT max(f) FROM t"),
        "NOT NULL col": x.t(
            lambda: (
                x.sql("CREATE TABLE u(f DOUBLE PRECISION NOT NULL)"),
                x.sql("INSERT INTO u VALUES (:v)", {"v": math.nan}),
            )[1]
        ),
    }


@contract("negative-zero", diverges=True)
def test_negative_zero(x: X) -> object:
    """-0.0."""
    x.sql("CREATE TABLE t(f DOUBLE PRECISION)")
    x.sql("INSERT INTO t VALUES (:v)", {"v": -0.0})
    v = x.val("SELECT f FROM t")
    w = x.val("SELECT CAST('-0' AS DOUBLE PRECISION)")
    return {
        "bound": math.copysign(1, v),
        "text": x.val("SELECT CAST(f AS TEXT) FROM t"),
        "CAST('-0')": math.copysign(1, w),
    }


@contract("modulo-float", diverges=True)
def test_modulo_float(x: X) -> object:
    """% on non-integers."""
    return {
        "5.5 % 2": x.t(x.val, "SELECT 5.5 % 2"),
        "double % 2": x.t(x.val, "SELECT CAST(5.5 AS DOUBLE PRECISION) % 2"),
    }


@contract("operators", diverges=True)
def test_operators(x: X) -> object:
    """==, ^, hex literals, int||int, text + number."""
    return {
        s: x.t(x.val, "SELECT " + s)
        for s in ("1 == 1", "2 ^ 3", "0x1F", "1 || 2", "'abc' + 1", "'3' + 1", "1 << 3", "~1", "5 & 3", "1 <> 2")
    }
