"""limits: how much of anything there may be."""

import random

import sqlalchemy as sa
from application import Application
from sqlalchemy import select


def test_max_params(x: Application) -> None:
    """The number of parameters of one statement."""
    x.sql("CREATE TABLE t (id INTEGER)")
    t = sa.table("t", sa.column("id", sa.Integer))
    x.tries(*(select(t.c.id).where(t.c.id.in_(range(count))) for count in (999, 65536, 250001)))


def test_compound_select_limit(x: Application) -> None:
    """UNION ALL of more than 500 SELECTs, conditions deeper than 1000, more than 64 tables in a join."""
    x.tries(
        " UNION ALL ".join(["SELECT 1 AS a"] * 501),
        "SELECT 1 AS a WHERE " + " OR ".join(["1=2"] * 1001),
        "SELECT * FROM (VALUES " + ",".join(["(1)"] * 5000) + ") q",
        "SELECT 1 AS a FROM " + ", ".join(f"(SELECT 1 AS a) t{number}" for number in range(65)),
    )


def test_btree_row_size(x: Application) -> None:
    """A long text in an index."""
    letters = random.Random(1)
    long = "".join(chr(letters.randrange(33, 0x2000)) for _ in range(3000))
    x.sql("CREATE TABLE t (a TEXT UNIQUE)")
    x.t(x.sql, "INSERT INTO t VALUES (:a)", {"a": long})


def test_column_count(x: Application) -> None:
    """The number of columns of a table."""
    x.t(x.sql, "CREATE TABLE t (" + ",".join(f"c{number} INTEGER" for number in range(1700)) + ")")
