"""Known divergences: text/collation."""

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Column, MetaData, Table, select, text
from sqlalchemy.dialects import postgresql as pgd


@contract("like-case", diverges=True)
def test_like_case(x: X) -> object:
    """LIKE case sensitivity."""
    return {
        "'ABC' LIKE 'abc'": bool(x.val("SELECT 'ABC' LIKE 'abc'")),
        "'É' LIKE 'é'": bool(x.val("SELECT 'É' LIKE 'é'")),
        "lower('É')": x.val("SELECT lower('É')"),
        "Core ilike É": bool(x.val(select(sa.literal("É").ilike("é")))),
    }


@contract("ilike-raw", diverges=True)
def test_ilike_raw(x: X) -> object:
    """ILIKE in raw SQL."""
    return {"raw": x.t(x.val, "SELECT 'ABC' ILIKE 'abc'"), "core": bool(x.val(select(sa.literal("ABC").ilike("abc"))))}


@contract("like-escape", diverges=True)
def test_like_escape(x: X) -> object:
    """Backslash in LIKE patterns / ESCAPE."""
    return {
        r"'a_b' LIKE 'a\_b'": bool(x.val(r"SELECT 'a_b' LIKE 'a\_b'")),
        r"'a\xb' LIKE 'a\_b'": bool(x.val(r"SELECT 'a\xb' LIKE 'a\_b'")),
        "ESCAPE '/'": bool(x.val("SELECT 'a_b' LIKE 'a/_b' ESCAPE '/'")),
        "trailing \\": x.t(lambda: bool(x.val("SELECT 'a\\' LIKE :p", {"p": "a\\"}))),
    }


@contract("glob", diverges=True)
def test_glob(x: X) -> object:
    """GLOB."""
    return x.t(x.val, "SELECT 'abc' GLOB 'a*'")


@contract("collation-sort", diverges=True)
def test_collation_sort(x: X) -> object:
    """Sort order of text (binary vs locale)."""
    with x.e.connect() as c:
        c.execute(text("CREATE TEMP TABLE s(v TEXT)"))
        c.execute(text("INSERT INTO s VALUES ('a'),('B'),('_x'),('Z'),('é'),('e'),('f'),('10'),('9')"))
        c.execute(text("SELECT v FROM s ORDER BY v")).all()
        return c.execute(text("SELECT max(v) AS last FROM s")).scalar()


@contract("collation-range-prefix", diverges=True)
def test_collation_range_prefix(x: X) -> object:
    """Prefix range filter (v >= 'a' AND v < 'b')."""
    with x.e.connect() as c:
        c.execute(text("CREATE TEMP TABLE s(v TEXT)"))
        c.execute(text("INSERT INTO s VALUES ('apple'),('Avocado'),('banana')"))
        return c.execute(text("SELECT v FROM s WHERE v >= 'a' AND v < 'b' ORDER BY v")).all()


@contract("collate-nocase", diverges=True)
def test_collate_nocase(x: X) -> object:
    """COLLATE NOCASE / RTRIM / BINARY."""
    return {
        "ORDER BY": x.t(x.sql, "SELECT v FROM (SELECT 'a' AS v) q ORDER BY v COLLATE NOCASE"),
        "DDL": x.t(x.sql, "CREATE TABLE t(e TEXT COLLATE NOCASE UNIQUE)"),
    }


@contract("nul-byte", diverges=True)
def test_nul_byte(x: X) -> object:
    """U+0000 in strings."""
    x.sql("CREATE TABLE t(v TEXT)")
    r = {
        "insert": x.t(x.sql, "INSERT INTO t VALUES (:v)", {"v": "a\x00b"}),
        "read": x.sql("SELECT v, length(v) FROM t"),
    }
    m = MetaData()
    t = Table("j", m, Column("d", sa.JSON().with_variant(pgd.JSONB(), "postgresql")))
    m.create_all(x.e)
    r["json \\u0000"] = x.t(x.sql, t.insert(), {"d": {"k": "a\x00b"}})
    return r


@contract("empty-string-vs-null", diverges=True)
def test_empty_string_vs_null(x: X) -> object:
    """'' vs NULL and '' in typed columns."""
    x.sql("CREATE TABLE t(i INTEGER, d DATE, b BOOLEAN)")
    return {
        "'' IS NULL": bool(x.val("SELECT '' IS NULL")),
        "int": x.t(x.sql, "INSERT INTO t(i) VALUES (:v)", {"v": ""}),
        "date": x.t(x.sql, "INSERT INTO t(d) VALUES (:v)", {"v": ""}),
        "bool": x.t(x.sql, "INSERT INTO t(b) VALUES (:v)", {"v": ""}),
    }


@contract("string-functions", diverges=True)
def test_string_functions(x: X) -> object:
    """SQLite scalar functions."""
    return {
        s: x.t(x.val, "SELECT " + s)
        for s in (
            "ifnull(NULL,1)",
            "iif(1=1,'a','b')",
            "instr('hello','l')",
            "printf('%d',1)",
            "hex('a')",
            "typeof(1)",
            "char(65)",
            "substr('hello',-3)",
            "substr('hello',0,2)",
            "substr('hello',2)",
            "length(12345)",
            "trim('  a ')",
            "replace('aa','a','b')",
            "last_insert_rowid()",
            "changes()",
            "coalesce(NULL,1)",
            "nullif(1,1)",
            "abs(-1)",
            "upper('ß')",
        )
    }


@contract("double-quoted-string", diverges=True)
def test_double_quoted_string(x: X) -> object:
    """Double-quoted string literals."""
    x.many("CREATE TABLE t(name TEXT)", "INSERT INTO t VALUES ('bob')")
    return {
        'name = "bob"': x.t(x.sql, 'SELECT name FROM t WHERE name = "bob"'),
        'typo "nmae"': x.t(x.sql, 'SELECT "nmae" FROM t'),
    }


@contract("unicode-normal-len", diverges=True)
def test_unicode_normal_len(x: X) -> object:
    """Length()/substr on non-BMP, lower/upper of non-ASCII."""
    return x.sql("SELECT length('😀'), lower('ÄÖ'), upper('straße'), upper('é') = 'É'")
