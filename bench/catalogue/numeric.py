"""numeric: division, precision, aggregates."""

import json
import math
from decimal import Decimal

import sqlalchemy as sa
from application import Application, table


def test_int_division(x: Application) -> None:
    """Division of integers."""
    x.many("CREATE TABLE t (a INTEGER, b INTEGER)", "INSERT INTO t VALUES (5,2)")
    t = sa.table("t", sa.column("a", sa.Integer), sa.column("b", sa.Integer))
    x.tries("SELECT 5/2 AS v", "SELECT -5/2 AS v", "SELECT -5 % 3 AS v")
    x.tries(sa.select((t.c.a / t.c.b).label("v")), sa.select((t.c.a // t.c.b).label("v")), "SELECT avg(a) AS v FROM t")


def test_numeric_column_int_division(x: Application) -> None:
    """Division of a NUMERIC column that holds whole numbers."""
    x.many("CREATE TABLE t (price NUMERIC(10,2))", "INSERT INTO t VALUES (5.00)")
    x.val("SELECT price/2 AS half FROM t")
    x.val("SELECT price/2.0 AS half FROM t")


def test_division_by_zero(x: Application) -> None:
    """Division by zero."""
    x.tries("SELECT 1/0 AS v", "SELECT 1%0 AS v", "SELECT 1.0/0 AS v", "SELECT 1/NULLIF(0,0) AS v")


def test_sum_overflow(x: Application) -> None:
    """SUM beyond 64 bits."""
    x.many("CREATE TABLE t (n BIGINT)", "INSERT INTO t VALUES (9223372036854775807),(1)")
    x.t(x.val, "SELECT SUM(n) AS total FROM t")


def test_aggregate_result_types(x: Application) -> None:
    """The types of what SUM, AVG and ROUND give, on the way into JSON."""
    x.sql("CREATE TABLE t (i INTEGER, b BIGINT, f FLOAT, n NUMERIC(10,2))")
    x.sql("INSERT INTO t VALUES (1,1,1.5,1.50),(2,2,2.5,2.25)")
    for expression in ("sum(i)", "sum(b)", "avg(f)", "sum(n)", "max(n)", "round(avg(i))", "count(*)"):
        x.val(f"SELECT {expression} AS v FROM t")
    json.dumps(x.val("SELECT avg(i) AS v FROM t"))


def test_numeric_vs_float(x: Application) -> None:
    """NUMERIC(10,2): how exact it is, and its digits."""
    t = table("t", sa.Column("p", sa.Numeric(10, 2)))
    t.create(x.engine)
    x.sql(t.insert(), [{"p": Decimal("0.10")}, {"p": Decimal("0.20")}, {"p": Decimal("1.005")}])
    x.sql("SELECT p FROM t ORDER BY id")
    x.sql(sa.select(t.c.p).order_by(t.c.id))
    x.val("SELECT SUM(p) AS total FROM t WHERE id < 3")
    x.val("SELECT CASE WHEN SUM(p) = 0.3 THEN 'eq' ELSE 'ne' END AS answer FROM t WHERE id < 3")
    x.sql("SELECT 1 AS found FROM t WHERE p = 1.005")


def test_float_column_precision(x: Application) -> None:
    """The precision of FLOAT and REAL columns."""
    x.many("CREATE TABLE t (r REAL, f FLOAT)", "INSERT INTO t VALUES (0.1, 0.1)")
    x.sql("SELECT r, f FROM t")
    x.sql("SELECT 1 AS found FROM t WHERE r = 0.1")
    x.sql("SELECT 1 AS found FROM t WHERE r = f")


def test_nan_infinity(x: Application) -> None:
    """NaN and infinity."""
    x.sql("CREATE TABLE t (id INTEGER, f DOUBLE PRECISION)")
    for number, value in enumerate((math.nan, math.inf, 1.0)):
        x.t(x.sql, "INSERT INTO t VALUES (:id, :v)", {"id": number, "v": value})
    x.sql("SELECT id, f FROM t ORDER BY f")
    x.val("SELECT count(f) AS n FROM t")
    x.val("SELECT max(f) AS f FROM t")
    x.sql("CREATE TABLE u (f DOUBLE PRECISION NOT NULL)")
    x.t(x.sql, "INSERT INTO u VALUES (:v)", {"v": math.nan})


def test_negative_zero(x: Application) -> None:
    """-0.0, as a number and as text."""
    x.sql("CREATE TABLE t (f DOUBLE PRECISION)")
    x.sql("INSERT INTO t VALUES (:v)", {"v": -0.0})
    x.val("SELECT f FROM t")
    x.val("SELECT CAST(f AS TEXT) AS f FROM t")
    x.val("SELECT CAST('-0' AS DOUBLE PRECISION) AS f")


def test_modulo_float(x: Application) -> None:
    """% of numbers that are not whole."""
    x.tries("SELECT 5.5 % 2 AS v", "SELECT CAST(5.5 AS DOUBLE PRECISION) % 2 AS v")


def test_operators(x: Application) -> None:
    """==, ^, hexadecimal numbers, || of numbers, text + number."""
    expressions = ("1 == 1", "2 ^ 3", "0x1F", "1 || 2", "'abc' + 1", "'3' + 1", "1 << 3", "~1", "5 & 3", "1 <> 2")
    x.tries(*(f"SELECT {expression} AS v" for expression in expressions))
