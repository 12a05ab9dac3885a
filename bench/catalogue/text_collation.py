"""text/collation: comparing, searching and changing texts."""

import pytest
import sqlalchemy as sa
from application import Application, table
from sqlalchemy.dialects import postgresql


def test_like_case(x: Application) -> None:
    """LIKE and the case of letters."""
    x.many("CREATE TABLE t (v TEXT)", "INSERT INTO t VALUES ('ABC'),('É')")
    t = sa.table("t", sa.column("v", sa.Text))
    x.sql("SELECT v FROM t WHERE v LIKE 'abc'")
    x.sql("SELECT v FROM t WHERE v LIKE 'é'")
    x.sql(sa.select(t.c.v).where(t.c.v.ilike("é")))


def test_ilike_raw(x: Application) -> None:
    """ILIKE in raw SQL."""
    x.many("CREATE TABLE t (v TEXT)", "INSERT INTO t VALUES ('ABC')")
    t = sa.table("t", sa.column("v", sa.Text))
    x.tries("SELECT v FROM t WHERE v ILIKE 'abc'", sa.select(t.c.v).where(t.c.v.ilike("abc")))


def test_like_escape(x: Application) -> None:
    """A backslash in a pattern of LIKE."""
    x.many("CREATE TABLE t (v TEXT)", r"INSERT INTO t VALUES ('a_b'),('a\xb'),('a\')")
    x.tries(
        r"SELECT v FROM t WHERE v LIKE 'a\_b'",
        "SELECT v FROM t WHERE v LIKE 'a/_b' ESCAPE '/'",
    )
    x.t(x.sql, "SELECT v FROM t WHERE v LIKE :p", {"p": "a\\"})


def test_glob(x: Application) -> None:
    """GLOB."""
    x.t(x.val, "SELECT 'abc' GLOB 'a*' AS found")


@pytest.mark.unseen("needs an ICU or libc collation other than C, and the bundled Postgres has none")
def test_collation_sort(x: Application) -> None:
    """The order of texts: by bytes, or as a dictionary."""
    x.sql("CREATE TABLE t (v TEXT)")
    x.sql("INSERT INTO t VALUES ('a'),('B'),('_x'),('Z'),('é'),('e'),('f'),('10'),('9')")
    x.sql("SELECT v FROM t ORDER BY v")
    x.val("SELECT CASE WHEN 'a' < 'B' THEN 'yes' ELSE 'no' END AS answer")
    x.val("SELECT max(v) AS v FROM t")


@pytest.mark.unseen("needs an ICU or libc collation other than C, and the bundled Postgres has none")
def test_collation_range_prefix(x: Application) -> None:
    """A range as a prefix: v >= 'a' AND v < 'b'."""
    x.many("CREATE TABLE t (v TEXT)", "INSERT INTO t VALUES ('apple'),('Avocado'),('banana')")
    x.sql("SELECT v FROM t WHERE v >= 'a' AND v < 'b'")


def test_collate_nocase(x: Application) -> None:
    """COLLATE NOCASE."""
    x.tries(
        "SELECT v FROM (SELECT 'a' AS v) q ORDER BY v COLLATE NOCASE", "CREATE TABLE t (e TEXT COLLATE NOCASE UNIQUE)"
    )


def test_nul_byte(x: Application) -> None:
    """U+0000 in a text."""
    x.sql("CREATE TABLE t (v TEXT)")
    x.t(x.sql, "INSERT INTO t VALUES (:v)", {"v": "a\x00b"})
    x.sql("SELECT v, length(v) AS n FROM t")
    documents = table("documents", sa.Column("d", sa.JSON().with_variant(postgresql.JSONB(), "postgresql")))
    documents.create(x.engine)
    x.t(x.sql, documents.insert(), {"d": {"k": "a\x00b"}})


def test_empty_string_vs_null(x: Application) -> None:
    """The empty text in columns of other types."""
    x.sql("CREATE TABLE t (i INTEGER, d DATE, b BOOLEAN)")
    x.val("SELECT CASE WHEN '' IS NULL THEN 'yes' ELSE 'no' END AS answer")
    for column in ("i", "d", "b"):
        x.t(x.sql, f"INSERT INTO t ({column}) VALUES (:v)", {"v": ""})


def test_string_functions(x: Application) -> None:
    """SQLite's functions for texts and values."""
    calls = (
        "ifnull(NULL,1)", "iif(1=1,'a','b')", "instr('hello','l')", "printf('%d',1)", "hex('a')", "typeof(1)",
        "char(65)", "substr('hello',-3)", "substr('hello',0,2)", "substr('hello',2)", "length(12345)", "trim('  a ')",
        "replace('aa','a','b')", "last_insert_rowid()", "changes()", "coalesce(NULL,1)", "nullif(1,1)", "abs(-1)",
        "upper('ß')",
    )  # fmt: skip
    x.tries(*(f"SELECT {call} AS v" for call in calls))


def test_double_quoted_string(x: Application) -> None:
    """A text in double quotes."""
    x.many("CREATE TABLE t (name TEXT)", "INSERT INTO t VALUES ('bob')")
    x.tries('SELECT name FROM t WHERE name = "bob"', 'SELECT "nmae" AS name FROM t')


def test_unicode_normal_len(x: Application) -> None:
    """length(), lower() and upper() of what is not ASCII."""
    x.sql("SELECT length('😀') AS a, lower('ÄÖ') AS b, upper('straße') AS c, upper('é') AS d")
