"""booleans: SQLite has numbers for them, Postgres a type."""

import pytest
import sqlalchemy as sa
from application import Application, table
from sqlalchemy import text


def test_bool_eq_int(x: Application) -> None:
    """WHERE flag = 1 on a BOOLEAN column."""
    x.many("CREATE TABLE t (id INTEGER, flag BOOLEAN)", "INSERT INTO t VALUES (1, TRUE)")
    x.t(x.sql, "SELECT id FROM t WHERE flag = 1")
    x.t(x.sql, "SELECT id FROM t WHERE flag = :p", {"p": 1})
    x.t(x.sql, "SELECT id FROM t WHERE flag = :p", {"p": True})
    x.t(x.sql, "SELECT id FROM t WHERE flag = TRUE")


def test_bool_read_type(x: Application) -> None:
    """The type of a boolean that is read through `text()`."""
    x.many("CREATE TABLE t (flag BOOLEAN)", "INSERT INTO t VALUES (TRUE)")
    x.val("SELECT flag FROM t")


def test_bool_into_int(x: Application) -> None:
    """True bound into an INTEGER column."""
    x.sql("CREATE TABLE t (flag INTEGER)")
    x.t(x.sql, "INSERT INTO t VALUES (:p)", {"p": True})
    x.t(x.sql, "INSERT INTO t VALUES (:p)", {"p": 1})
    x.t(x.sql, "SELECT count(*) AS n FROM t WHERE flag = :p", {"p": True})


def test_int_into_bool(x: Application) -> None:
    """1 and 0 bound into a BOOLEAN column."""
    x.sql("CREATE TABLE t (flag BOOLEAN)")
    x.t(x.sql, "INSERT INTO t VALUES (1)")
    x.t(x.sql, "INSERT INTO t VALUES (:p)", {"p": 1})
    x.tries("INSERT INTO t VALUES ('1')", "INSERT INTO t VALUES ('yes')", "SELECT flag FROM t")


def test_bool_default_int(x: Application) -> None:
    """A BOOLEAN column with the default 0."""
    for number, default in enumerate((text("0"), "0", sa.false())):
        flags = table(f"flags_{number}", sa.Column("flag", sa.Boolean, server_default=default))
        x.t(flags.create, x.engine)
    x.t(x.sql, "CREATE TABLE raw_flags (flag BOOLEAN DEFAULT 0)")


def test_where_int_truthy(x: Application) -> None:
    """Integers as conditions: WHERE 1, WHERE n, AND 1, CASE WHEN n."""
    x.many("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (0),(3)")
    x.tries(
        "SELECT count(*) AS n FROM t WHERE 1",
        "SELECT n FROM t WHERE n",
        "SELECT 1 AS one WHERE 1=1 AND 1",
        "SELECT CASE WHEN n THEN 'y' ELSE 'n' END AS yes FROM t",
    )


def test_exists_comparison_type(x: Application) -> None:
    """SELECT EXISTS(...) and SELECT a = b."""
    x.sql("SELECT EXISTS(SELECT 1) AS a, 1 = 1 AS b, NULL IS NULL AS c, 'a' LIKE 'a' AS d")


@pytest.mark.alike("both dialects know TRUE, and sa.true() is written for each")
def test_true_literal_python(x: Application) -> None:
    """A boolean literal in an UPDATE: true, sa.true()."""
    x.many("CREATE TABLE t (flag BOOLEAN)", "INSERT INTO t VALUES (NULL)")
    flags = sa.table("t", sa.column("flag", sa.Boolean))
    x.tries("UPDATE t SET flag = true", sa.update(flags).values(flag=sa.true()), sa.select(flags.c.flag))
