"""driver/paramstyle: how SQL and values reach the driver, and how rows come back."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from enum import IntEnum, StrEnum
from typing import Any

import pytest
import sqlalchemy as sa
from application import Application, table
from sqlalchemy import text


class Colour(StrEnum):
    """A text that is a member of an enumeration."""

    RED = "red"


class Number(IntEnum):
    """A number that is a member of an enumeration."""

    ONE = 1


def test_qmark_placeholder(x: Application) -> None:
    """`?` placeholders."""
    x.sql("CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT)")
    with x.engine.connect() as connection:
        connection.exec_driver_sql("SELECT n FROM t WHERE id = ?", (1,)).all()


@pytest.mark.alike("it works on neither dialect, and both raise ProgrammingError")
def test_qmark_in_text(x: Application) -> None:
    """`?` inside `text()`."""
    x.sql("CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT)")
    x.t(x.sql, "SELECT n FROM t WHERE id = ?")
    x.t(x.sql, "SELECT n FROM t WHERE id = ?", {"id": 1})


def test_named_raw_cursor(x: Application) -> None:
    """`:name` on a raw cursor of the driver."""
    with closing(x.engine.raw_connection()) as raw:
        cursor = raw.cursor()
        cursor.execute("SELECT 1 + :n", {"n": 1})
        cursor.fetchone()


def test_percent_in_driver_sql(x: Application) -> None:
    """A literal % in SQL that goes to the driver with parameters, after the placeholder was ported."""
    placeholder = "%s" if x.pg else "?"
    with x.engine.connect() as connection:
        connection.exec_driver_sql(f"SELECT 1 WHERE 'abc' LIKE 'a%' AND 1 = {placeholder}", (1,)).all()


@pytest.mark.alike("`text()` doubles the sign where the driver wants that")
def test_percent_text_ok(x: Application) -> None:
    """A literal % in `text()`."""
    x.sql("SELECT CASE WHEN 'abc' LIKE 'a%' THEN 'yes' END AS found WHERE 1 = :n", {"n": 1})


@pytest.mark.alike("`text()` finds its parameters before any driver is asked")
def test_colon_in_string_literal(x: Application) -> None:
    """`:p` inside a quoted string in `text()`."""
    x.tries("SELECT 'at :p' AS v", """SELECT '{"a":1}' AS v""", "SELECT '12:30:00' AS v", r"SELECT 'at \:p' AS v")


def test_double_colon_cast(x: Application) -> None:
    """`::type` casts in `text()`."""
    x.t(x.sql, "SELECT '5'::int AS n")
    x.t(x.sql, "SELECT :x::int AS n", {"x": "5"})
    x.t(x.sql, "SELECT :val::int AS n", {"val": "5"})
    x.t(x.sql, "SELECT CAST(:val AS INTEGER) AS n", {"val": "5"})


@pytest.mark.parametrize(
    "call",
    [
        pytest.param(lambda raw: raw.execute("SELECT 1").fetchone(), id="execute"),
        pytest.param(lambda raw: raw.cursor().executescript("SELECT 1; SELECT 2;"), id="executescript"),
        pytest.param(lambda raw: raw.total_changes, id="total_changes"),
        pytest.param(lambda raw: raw.create_function("catalogue_f", 0, lambda: 1), id="create_function"),
    ],
)
def test_raw_cursor_api(x: Application, call: Callable[[Any], object]) -> None:
    """What only sqlite3's connections and cursors can do."""
    with closing(x.engine.raw_connection()) as raw:
        call(raw.driver_connection)


def test_row_string_index(x: Application) -> None:
    """`row["a"]` on a row of a raw cursor, as `sqlite3.Row` allows it."""
    with x.engine.connect() as connection:
        row = connection.execute(text("SELECT 1 AS a")).one()
        x.t(lambda: row["a"])
    with closing(x.engine.raw_connection()) as raw:
        cursor = raw.cursor()
        if not x.pg:  # where the application opens its connections, and only ever opened SQLite's
            cursor.row_factory = sqlite3.Row
        cursor.execute("SELECT 1 AS a")
        cursor.fetchone()["a"]


def test_row_key_case(x: Application) -> None:
    """Keys of a row, with capitals in an alias."""
    with x.engine.connect() as connection:
        row = connection.execute(text("SELECT 1 AS UserId")).mappings().one()
    row["UserId"]


def test_unnamed_column_label(x: Application) -> None:
    """The key of an expression without an alias."""
    with x.engine.connect() as connection:
        connection.execute(text("SELECT count(*)")).mappings().one()
        connection.execute(text("SELECT 1+1")).mappings().one()
        connection.execute(text("SELECT max(1), coalesce(1, 2)")).mappings().one()


def test_select_rowcount(x: Application) -> None:
    """`rowcount` of a SELECT, written down."""
    x.sql("CREATE TABLE report (n INTEGER)")
    with x.engine.begin() as connection:
        found = connection.execute(text("SELECT 1 AS n UNION ALL SELECT 2")).rowcount
        connection.execute(text("INSERT INTO report VALUES (:n)"), {"n": found})
    x.val("SELECT n FROM report")


def test_lastrowid(x: Application) -> None:
    """A new row's id from `lastrowid`, used as a foreign key."""
    metadata = sa.MetaData()
    bills = sa.Table("bills", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("n", sa.Text))
    sa.Table("entries", metadata, sa.Column("bill_id", sa.Integer, sa.ForeignKey(bills.c.id)))
    metadata.create_all(x.engine)
    with x.engine.begin() as connection:
        made = connection.execute(text("INSERT INTO bills (n) VALUES ('a')")).lastrowid
        connection.execute(text("INSERT INTO entries (bill_id) VALUES (:id)"), {"id": made})


@pytest.mark.alike("both drivers add the counts up")
def test_executemany_rowcount(x: Application) -> None:
    """`rowcount` after an UPDATE and an INSERT of many rows."""
    x.many("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)", "INSERT INTO t VALUES (1,0),(2,0),(3,0)")
    x.sql("UPDATE t SET n = 1 WHERE id = :i", [{"i": 1}, {"i": 2}, {"i": 3}])
    x.sql("INSERT INTO t VALUES (:i, 0)", [{"i": 4}, {"i": 5}])
    x.sql("SELECT n FROM t ORDER BY id")


def test_tuple_list_params(x: Application) -> None:
    """A Python list or tuple as one raw parameter."""
    x.t(x.sql, "SELECT 1 AS found WHERE 1 IN :x", {"x": (1, 2)})
    x.t(x.sql, "SELECT 1 AS found WHERE 1 = ANY(:x)", {"x": [1, 2]})
    expanding = text("SELECT 1 AS also_found WHERE 1 IN :x").bindparams(sa.bindparam("x", expanding=True))
    x.t(x.sql, expanding, {"x": [1, 2]})


@pytest.mark.alike("a member of StrEnum is a text, and one of IntEnum a number")
def test_str_enum_param(x: Application) -> None:
    """Members of StrEnum and IntEnum as raw parameters."""
    x.t(x.val, "SELECT :v AS v", {"v": Colour.RED})
    x.t(x.val, "SELECT :v AS v", {"v": Number.ONE})


def test_big_param(x: Application) -> None:
    """An integer beyond 64 bits as a parameter."""
    x.t(x.val, "SELECT :v AS v", {"v": 2**63})
    x.t(x.val, "SELECT :v AS v", {"v": 2**31})


def test_error_class(x: Application) -> None:
    """The class of exception for the same mistake."""
    users = table("users", sa.Column("n", sa.String(3), nullable=False, unique=True))
    users.create(x.engine)
    x.sql("INSERT INTO users VALUES (1, 'a')")
    x.tries(
        "SELECT * FROM nope",
        "SELECT nope FROM users",
        "SELEC 1",
        "INSERT INTO users VALUES (2, 'a')",
        "INSERT INTO users VALUES (3, NULL)",
        "INSERT INTO users VALUES ('x', 'b')",
        "CREATE TABLE users (id INTEGER)",
    )
