"""Known divergences: driver/paramstyle."""

import sqlite3

import sqlalchemy as sa
from contract import Color, Num, X, contract
from sqlalchemy import text


@contract("qmark-placeholder", diverges=True)
def test_qmark_placeholder(x: X) -> object:
    """`?` placeholders."""
    x.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, n TEXT)")
    with x.e.connect() as c:
        return c.exec_driver_sql("SELECT n FROM t WHERE id = ?", (1,)).all()


@contract("qmark-in-text", diverges=True)
def test_qmark_in_text(x: X) -> object:
    """`?` inside text()."""
    x.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, n TEXT)")
    return [x.t(x.sql, "SELECT n FROM t WHERE id = ?"), x.t(x.sql, "SELECT n FROM t WHERE id = ?", {"id": 1})]


@contract("named-raw-cursor", diverges=True)
def test_named_raw_cursor(x: X) -> object:
    """`:name` on a raw DBAPI cursor."""
    rc = x.e.raw_connection()
    cur = rc.cursor()
    cur.execute("SELECT 1 + :n", {"n": 1})
    return cur.fetchone()


@contract("percent-in-driver-sql", diverges=True)
def test_percent_in_driver_sql(x: X) -> object:
    """Literal % (LIKE 'a%') in exec_driver_sql / raw cursor with params."""
    ph = "?" if not x.pg else "%s"  # even after someone ported the placeholder
    with x.e.connect() as c:
        return [x.t(lambda: c.exec_driver_sql(f"SELECT 1 WHERE 'abc' LIKE 'a%' AND 1 = {ph}", (1,)).all())]


@contract("percent-text-ok", diverges=False)
def test_percent_text_ok(x: X) -> object:
    """Literal % in text() (control)."""
    return x.sql("SELECT 1 AS found WHERE 'abc' LIKE 'a%' AND 1 = :n", {"n": 1})


@contract("colon-in-string-literal", diverges=False)
def test_colon_in_string_literal(x: X) -> object:
    """`:p` inside a quoted string in text()."""
    return {
        "text(' :p ')": x.t(x.sql, "SELECT 'at :p' AS a"),
        "text(json)": x.t(x.sql, """SELECT '{"a":1}' AS a"""),
        "text('12:30')": x.t(x.sql, "SELECT '12:30:00' AS a"),
        "escaped": x.t(x.sql, r"SELECT 'at \:p' AS a"),
    }


@contract("double-colon-cast", diverges=True)
def test_double_colon_cast(x: X) -> object:
    """`::type` casts in text()."""
    return {
        "'5'::int": x.t(x.sql, "SELECT '5'::int"),
        ":x::int": x.t(x.sql, "SELECT :x::int", {"x": "5"}),
        ":val::int": x.t(x.sql, "SELECT :val::int", {"val": "5"}),
        "CAST": x.t(x.sql, "SELECT CAST(:val AS INTEGER)", {"val": "5"}),
    }


@contract("raw-cursor-api", diverges=True)
def test_raw_cursor_api(x: X) -> object:
    """Sqlite3-only connection/cursor API."""
    raw = x.e.raw_connection()
    return raw.driver_connection.execute("SELECT 1").fetchone()


@contract("row-string-index", diverges=True)
def test_row_string_index(x: X) -> object:
    """Row['col'] on a SQLAlchemy Row."""
    raw = x.e.raw_connection()
    cur = raw.cursor()
    if not x.pg:
        cur.row_factory = sqlite3.Row
    cur.execute("SELECT 1 AS a")
    row = cur.fetchone()
    return row["a"]


@contract("row-key-case", diverges=True)
def test_row_key_case(x: X) -> object:
    """Case-insensitive row keys / dict(row)."""
    with x.e.connect() as c:
        m = c.execute(text("SELECT 1 AS UserId")).mappings().one()
        return {
            "keys": list(m.keys()),
            "m['UserId']": x.t(lambda: m["UserId"]),
            "m['userid']": x.t(lambda: m["userid"]),
        }


@contract("unnamed-column-label", diverges=True)
def test_unnamed_column_label(x: X) -> object:
    """Result key of an unaliased expression."""
    with x.e.connect() as c:
        return [
            list(c.execute(text(s)).keys()) for s in ("SELECT count(*)", "SELECT 1+1", "SELECT max(1) , coalesce(1,2)")
        ]


@contract("select-rowcount", diverges=True)
def test_select_rowcount(x: X) -> object:
    """Rowcount of a SELECT."""
    with x.e.connect() as c:
        found = c.execute(text("SELECT 1 AS a UNION ALL SELECT 2")).rowcount
        return c.execute(text("SELECT 7 AS a WHERE 2 = :found"), {"found": found}).all()


@contract("lastrowid", diverges=True)
def test_lastrowid(x: X) -> object:
    """Cursor/result.lastrowid."""
    x.sql(f"CREATE TABLE t(id {'SERIAL' if x.pg else 'INTEGER'} PRIMARY KEY, n TEXT)")
    with x.e.begin() as c:
        added = c.execute(text("INSERT INTO t(n) VALUES ('a')")).lastrowid
        return c.execute(text("SELECT n FROM t WHERE id = :id"), {"id": added}).all()


@contract("executemany-rowcount", diverges=False)
def test_executemany_rowcount(x: X) -> object:
    """Rowcount after executemany UPDATE / INSERT."""
    x.many("CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER)", "INSERT INTO t VALUES (1,0),(2,0),(3,0)")
    with x.e.begin() as c:
        u = c.execute(text("UPDATE t SET n = 1 WHERE id = :i"), [{"i": 1}, {"i": 2}, {"i": 3}]).rowcount
        i = c.execute(text("INSERT INTO t VALUES (:i, 0)"), [{"i": 4}, {"i": 5}]).rowcount
    return x.sql("SELECT n FROM t WHERE id > :u ORDER BY id LIMIT :i", {"u": u, "i": i})


@contract("tuple-list-params", diverges=True)
def test_tuple_list_params(x: X) -> object:
    """Passing a Python list/tuple as one raw parameter."""
    return {
        "IN :x tuple": x.t(x.sql, "SELECT 1 WHERE 1 IN :x", {"x": (1, 2)}),
        "=ANY(:x) list": x.t(x.sql, "SELECT 1 WHERE 1 = ANY(:x)", {"x": [1, 2]}),
        "expanding": x.t(
            x.sql, text("SELECT 1 AS a WHERE 1 IN :x").bindparams(sa.bindparam("x", expanding=True)), {"x": [1, 2]}
        ),
    }


@contract("str-enum-param", diverges=False)
def test_str_enum_param(x: X) -> object:
    """Str/Int Enum members as raw parameters."""
    return x.t(x.val, "SELECT :v AS v", {"v": Color.RED}), x.t(x.val, "SELECT :v AS v", {"v": Num.ONE})


@contract("big-param", diverges=True)
def test_big_param(x: X) -> object:
    """Integer parameter beyond 64 bit."""
    return {"2**63": x.t(x.val, "SELECT :v", {"v": 2**63}), "2**31": x.t(x.val, "SELECT :v", {"v": 2**31})}


@contract("error-class", diverges=True)
def test_error_class(x: X) -> object:
    """Exception class for the same mistake."""
    x.sql("CREATE TABLE t(id INTEGER PRIMARY KEY, n VARCHAR(3) NOT NULL UNIQUE)")
    x.sql("INSERT INTO t VALUES (1,'a')")
    return {
        k: x.t(x.sql, s)
        for k, s in {
            "no table": "SELECT * FROM nope",
            "no column": "SELECT nope FROM t",
            "syntax": "SELEC 1",
            "unique": "INSERT INTO t VALUES (2,'a')",
            "not null": "INSERT INTO t VALUES (3,NULL)",
            "too long": "INSERT INTO t VALUES (4,'abcd')",
            "bad int": "INSERT INTO t VALUES ('x','b')",
            "div0": "SELECT 1/0",
            "exists": "CREATE TABLE t(id INT)",
        }.items()
    }
