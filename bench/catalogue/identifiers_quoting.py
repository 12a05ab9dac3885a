"""identifiers/quoting: names, and how they are written."""

import pytest
import sqlalchemy as sa
from application import Application


def test_reserved_words(x: Application) -> None:
    """Tables named user and order, a column named end."""
    metadata = sa.MetaData()
    sa.Table("user", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("end", sa.Integer))
    sa.Table("order", metadata, sa.Column("id", sa.Integer, primary_key=True))
    metadata.create_all(x.engine)
    x.tries(
        "SELECT * FROM user",
        'SELECT * FROM "user"',
        "SELECT * FROM order",
        'SELECT u.end FROM "user" u',
        'SELECT end FROM "user"',
        "INSERT INTO user(id) VALUES (1)",
    )


def test_bracket_backtick(x: Application) -> None:
    """[a], `a` and 'a' as names."""
    x.sql("CREATE TABLE t (a INTEGER)")
    x.tries("SELECT `a` FROM t", "SELECT [a] FROM t", "SELECT 1 AS 'x'")


@pytest.mark.alike("both take a column before an alias in GROUP BY, and an alias first in ORDER BY")
def test_ambiguous_column(x: Application) -> None:
    """An alias that is also a column's name."""
    x.many("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1),(2),(11)")
    x.tries(
        "SELECT n % 10 AS n, count(*) AS c FROM t GROUP BY n ORDER BY 1, 2",
        "SELECT -n AS n FROM t ORDER BY n",
    )


def test_schema_qualified(x: Application) -> None:
    """Names with a schema in front."""
    t = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), schema="public")
    u = sa.Table("u", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), schema="public")
    x.t(t.create, x.engine)
    x.t(x.sql, "SELECT id FROM public.t")
    x.t(u.create, x.engine.execution_options(schema_translate_map={"public": None}))
