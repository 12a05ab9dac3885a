"""Known divergences: types."""

import uuid

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Column, MetaData, Table, func, select


@contract("string-into-int", diverges=True)
def test_string_into_int(x: X) -> object:
    """String stored in an INTEGER column."""
    x.sql("CREATE TABLE t(n INTEGER)")
    return {
        "'abc'": x.t(x.sql, "INSERT INTO t VALUES (:v)", {"v": "abc"}),
        "'12'": x.t(x.sql, "INSERT INTO t VALUES (:v)", {"v": "12"}),
        "''": x.t(x.sql, "INSERT INTO t VALUES (:v)", {"v": ""}),
        "1.5": x.t(x.sql, "INSERT INTO t VALUES (:v)", {"v": 1.5}),
        "read": x.sql("SELECT n FROM t"),
    }


@contract("join-text-int", diverges=True)
def test_join_text_int(x: X) -> object:
    """Implicit cast in a JOIN (TEXT = INTEGER)."""
    x.many(
        "CREATE TABLE a(id INTEGER)",
        "CREATE TABLE b(a_id TEXT)",
        "INSERT INTO a VALUES (1)",
        "INSERT INTO b VALUES ('1')",
    )
    return x.sql("SELECT a.id FROM a JOIN b ON a.id = b.a_id")


@contract("text-number-compare", diverges=True)
def test_text_number_compare(x: X) -> object:
    """Comparing text with numbers without affinity."""
    return {
        "'2' > 10": x.val("SELECT CASE WHEN '2' > 10 THEN 'yes' ELSE 'no' END"),
        "'10' = 10": x.val("SELECT CASE WHEN '10' = 10 THEN 'yes' ELSE 'no' END"),
    }


@contract("mixed-type-column-order", diverges=True)
def test_mixed_type_column_order(x: X) -> object:
    """ORDER BY / MAX over a column holding mixed storage classes."""
    x.sql("CREATE TABLE t(v NUMERIC)")
    for v in (10, "9", "n/a", 2.5):
        x.t(x.sql, "INSERT INTO t VALUES (:v)", {"v": v})
    return {"order": x.sql("SELECT v FROM t ORDER BY v"), "max": x.val("SELECT MAX(v) FROM t")}


@contract("varchar-length", diverges=True)
def test_varchar_length(x: X) -> object:
    """VARCHAR(n) length."""
    x.sql("CREATE TABLE t(n VARCHAR(3))")
    return [
        x.t(x.sql, "INSERT INTO t VALUES ('abcd')"),
        x.sql("SELECT n FROM t"),
        x.t(x.val, "SELECT CAST('abcd' AS VARCHAR(3))"),
    ]


@contract("char-padding", diverges=True)
def test_char_padding(x: X) -> object:
    """CHAR(n) blank padding."""
    x.many("CREATE TABLE t(n CHAR(5))", "INSERT INTO t VALUES ('ab')")
    return {
        "read": x.val("SELECT n FROM t"),
        "= 'ab  '": x.sql("SELECT 1 FROM t WHERE n = 'ab  '"),
        "len": x.val("SELECT length(n) FROM t"),
    }


@contract("coalesce-mixed", diverges=True)
def test_coalesce_mixed(x: X) -> object:
    """COALESCE / CASE / UNION mixing types."""
    x.many("CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (NULL),(1)")
    return {
        "COALESCE(n,'')": x.t(x.sql, "SELECT COALESCE(n, '') FROM t"),
        "CASE": x.t(x.sql, "SELECT CASE WHEN n = 1 THEN n ELSE 'none' END FROM t"),
        "UNION": x.t(x.sql, "SELECT n FROM t UNION ALL SELECT 'x'"),
    }


@contract("like-on-int", diverges=True)
def test_like_on_int(x: X) -> object:
    """LIKE on a non-text column."""
    x.many("CREATE TABLE t(id INTEGER)", "INSERT INTO t VALUES (12)")
    return x.sql("SELECT id FROM t WHERE id LIKE '1%'")


@contract("blob-memoryview", diverges=True)
def test_blob_memoryview(x: X) -> object:
    """Bytes round trip through text()."""
    x.sql(f"CREATE TABLE t(b {'BYTEA' if x.pg else 'BLOB'})")
    x.sql("INSERT INTO t VALUES (:b)", {"b": b"\x00\xff"})
    v = x.val("SELECT b FROM t")
    t = sa.table("t", sa.column("b", sa.LargeBinary))
    return {
        "raw": v,
        "v == bytes": v == b"\x00\xff",
        "v.hex": x.t(lambda: v.hex()),
        "v.decode": x.t(lambda: v.decode("latin1")),
        "LargeBinary": x.val(select(t.c.b)),
        "WHERE b = bytes": x.sql("SELECT 1 FROM t WHERE b = :b", {"b": b"\x00\xff"}),
    }


@contract("ddl-type-names", diverges=True)
def test_ddl_type_names(x: X) -> object:
    """SQLite type names in DDL."""
    return {
        ty or "(none)": x.t(lambda ty=ty, i=i: x.sql(f"CREATE TABLE t{i}(a {ty})") and "ok")
        for i, ty in enumerate(
            (
                "DATETIME",
                "TINYINT",
                "DOUBLE",
                "STRING",
                "NVARCHAR(5)",
                "INT UNSIGNED",
                "FLOAT",
                "DOUBLE PRECISION",
                "INTEGER(5)",
                "",
            )
        )
    }


@contract("uuid-native", diverges=True)
def test_uuid_native(x: X) -> object:
    """UUID storage and raw access."""
    m = MetaData()
    t = Table("t", m, Column("id", sa.Uuid, primary_key=True))
    m.create_all(x.e)
    u = uuid.UUID("00000000-0000-0000-0000-0000000000ab")
    x.sql(t.insert(), {"id": u})
    return {
        "raw read": x.val("SELECT id FROM t"),
        "WHERE = str(u)": x.t(x.sql, "SELECT 1 FROM t WHERE id = :u", {"u": str(u)}),
        "WHERE = u.hex": x.t(x.sql, "SELECT 1 FROM t WHERE id = :u", {"u": u.hex}),
        "WHERE = u": x.t(x.sql, "SELECT 1 FROM t WHERE id = :u", {"u": u}),
        "LIKE": x.t(x.sql, "SELECT 1 FROM t WHERE id LIKE '0000%'"),
        "bad": x.t(x.sql, "SELECT 1 FROM t WHERE id = :u", {"u": "nope"}),
    }


@contract("uuid-order", diverges=True)
def test_uuid_order(x: X) -> object:
    """ORDER BY / MAX on UUIDs."""
    m = MetaData()
    t = Table("t", m, Column("id", sa.Uuid, primary_key=True))
    m.create_all(x.e)
    x.sql(t.insert(), {"id": uuid.UUID(int=5)})
    return x.t(x.sql, select(func.max(t.c.id)))


@contract("dynamic-typing-numeric-string", diverges=True)
def test_dynamic_typing_numeric_string(x: X) -> object:
    """Leading zeros lost in INTEGER/NUMERIC columns."""
    ty = "STRING" if not x.pg else "TEXT"  # STRING has NUMERIC affinity on SQLite
    x.sql(f"CREATE TABLE t(zip {ty})")
    x.sql("INSERT INTO t VALUES ('00501')")
    return x.val("SELECT zip FROM t")
