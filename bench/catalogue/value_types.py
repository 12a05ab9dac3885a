"""types: what a column takes, and what it gives back."""

import uuid

import sqlalchemy as sa
from application import Application


def test_string_into_int(x: Application) -> None:
    """A text stored in an INTEGER column."""
    x.sql("CREATE TABLE t (n INTEGER)")
    for value in ("abc", "12", "", 1.5):
        x.t(x.sql, "INSERT INTO t VALUES (:v)", {"v": value})
    x.sql("SELECT n FROM t")


def test_join_text_int(x: Application) -> None:
    """A join of TEXT with INTEGER."""
    x.many(
        "CREATE TABLE a (id INTEGER)",
        "CREATE TABLE b (a_id TEXT)",
        "INSERT INTO a VALUES (1)",
        "INSERT INTO b VALUES ('1')",
    )
    x.sql("SELECT a.id FROM a JOIN b ON a.id = b.a_id")


def test_text_number_compare(x: Application) -> None:
    """Texts compared with numbers."""
    x.val("SELECT CASE WHEN '2' > 10 THEN 'yes' ELSE 'no' END AS answer")
    x.val("SELECT CASE WHEN '10' = 10 THEN 'yes' ELSE 'no' END AS answer")


def test_mixed_type_column_order(x: Application) -> None:
    """ORDER BY and MAX over a column that holds values of several types."""
    x.sql("CREATE TABLE t (v NUMERIC)")
    for value in (10, "9", "n/a", 2.5):
        x.t(x.sql, "INSERT INTO t VALUES (:v)", {"v": value})
    x.sql("SELECT v FROM t ORDER BY v")
    x.val("SELECT MAX(v) AS v FROM t")


def test_varchar_length(x: Application) -> None:
    """The length of VARCHAR(n)."""
    x.sql("CREATE TABLE t (n VARCHAR(3))")
    x.t(x.sql, "INSERT INTO t VALUES ('abcd')")
    x.sql("SELECT n FROM t")
    x.t(x.val, "SELECT CAST('abcd' AS VARCHAR(3)) AS n")


def test_char_padding(x: Application) -> None:
    """CHAR(n) is filled up with blanks."""
    x.many("CREATE TABLE t (n CHAR(5))", "INSERT INTO t VALUES ('ab')")
    x.val("SELECT n FROM t")
    x.sql("SELECT 1 AS found FROM t WHERE n = 'ab  '")
    x.val("SELECT length(n) AS n FROM t")


def test_coalesce_mixed(x: Application) -> None:
    """COALESCE, CASE and UNION of several types."""
    x.many("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (NULL),(1)")
    x.tries(
        "SELECT COALESCE(n, '') AS v FROM t",
        "SELECT CASE WHEN n = 1 THEN n ELSE 'none' END AS v FROM t",
        "SELECT n FROM t UNION ALL SELECT 'x'",
    )


def test_like_on_int(x: Application) -> None:
    """LIKE on a column that is no text."""
    x.many("CREATE TABLE t (id INTEGER)", "INSERT INTO t VALUES (12)")
    x.sql("SELECT id FROM t WHERE id LIKE '1%'")


def test_blob_memoryview(x: Application) -> None:
    """Bytes, there and back through `text()`."""
    x.sql(f"CREATE TABLE t (b {'BYTEA' if x.pg else 'BLOB'})")
    x.sql("INSERT INTO t VALUES (:b)", {"b": b"\x00\xff"})
    x.val(sa.select(sa.table("t", sa.column("b", sa.LargeBinary)).c.b))
    x.sql("SELECT 1 AS found FROM t WHERE b = :b", {"b": b"\x00\xff"})
    x.val("SELECT b FROM t").decode("latin1")


def test_ddl_type_names(x: Application) -> None:
    """Names of types that SQLite takes in DDL."""
    names = (
        "DATETIME", "TINYINT", "DOUBLE", "STRING", "NVARCHAR(5)", "INT UNSIGNED", "FLOAT", "DOUBLE PRECISION",
        "INTEGER(5)", "",
    )  # fmt: skip
    x.tries(*(f"CREATE TABLE t{number} (a {name})" for number, name in enumerate(names)))


def test_uuid_native(x: Application) -> None:
    """UUIDs in columns of `sa.Uuid`, and in raw SQL."""
    things = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True))
    things.create(x.engine)
    known = uuid.UUID("00000000-0000-0000-0000-0000000000ab")
    x.sql(things.insert(), {"id": known})
    x.val("SELECT id FROM t")
    for value in (str(known), known.hex, known, "nope"):
        x.t(x.sql, "SELECT 1 AS found FROM t WHERE id = :u", {"u": value})
    x.t(x.sql, "SELECT 1 AS found FROM t WHERE id LIKE '0000%'")


def test_uuid_order(x: Application) -> None:
    """MAX of UUIDs."""
    things = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True))
    things.create(x.engine)
    x.sql(things.insert(), {"id": uuid.UUID(int=5)})
    x.sql(sa.select(sa.func.max(things.c.id)))


def test_dynamic_typing_numeric_string(x: Application) -> None:
    """Zeros that are lost in front of a number: STRING means a number to SQLite."""
    x.sql(f"CREATE TABLE t (zip {'TEXT' if x.pg else 'STRING'})")
    x.sql("INSERT INTO t VALUES ('00501')")
    x.val("SELECT zip FROM t")
