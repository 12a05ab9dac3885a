"""nulls/ordering: which rows come, in which order, and what a SELECT may say."""

import sqlalchemy as sa
from application import Application


def test_order_by_nulls(x: Application) -> None:
    """Where NULL comes in an ORDER BY."""
    x.many("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (2),(NULL),(1)")
    x.sql("SELECT n FROM t ORDER BY n")
    x.sql("SELECT n FROM t ORDER BY n DESC")
    x.sql("SELECT n FROM t ORDER BY n NULLS LAST")


def test_row_order_no_order_by(x: Application) -> None:
    """The order of rows without an ORDER BY."""
    x.many("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)", "INSERT INTO t VALUES (1,0),(2,0),(3,0)")
    x.sql("UPDATE t SET n = 1 WHERE id = 1")
    x.sql("SELECT id FROM t")
    x.sql("SELECT id FROM t LIMIT 1")


def test_distinct_order(x: Application) -> None:
    """The order of what DISTINCT and GROUP BY give, by code that takes the first."""
    x.sql("CREATE TABLE t (n INTEGER)")
    x.sql("INSERT INTO t VALUES " + ",".join(f"({(number * 7919) % 101})" for number in range(400)))
    for query in ("SELECT DISTINCT n FROM t", "SELECT n FROM t GROUP BY n"):
        first = x.val(query)
        x.sql("SELECT :first AS chosen", {"first": first})


def test_group_by_bare(x: Application) -> None:
    """Columns that are not in the GROUP BY."""
    x.many("CREATE TABLE t (g TEXT, n INTEGER, v TEXT)", "INSERT INTO t VALUES ('a',1,'x'),('a',2,'y')")
    x.tries("SELECT g, v, MAX(n) AS n FROM t GROUP BY g", "SELECT v, count(*) AS n FROM t")


def test_group_by_alias_where_alias(x: Application) -> None:
    """A column's alias in WHERE, HAVING and an ORDER BY with an expression."""
    x.many("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (2),(2)")
    x.tries(
        "SELECT n*2 AS d FROM t WHERE d > 1",
        "SELECT n, count(*) AS c FROM t GROUP BY n HAVING c > 1",
        "SELECT n+1 AS k, count(*) AS c FROM t GROUP BY k",
        "SELECT n AS k FROM t ORDER BY k + 1",
    )


def test_having_no_group_by(x: Application) -> None:
    """HAVING without GROUP BY."""
    x.many("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1),(2)")
    x.tries("SELECT count(*) AS n FROM t HAVING count(*) > 1", "SELECT n FROM t HAVING n > 1")


def test_limit_negative(x: Application) -> None:
    """LIMIT -1, OFFSET without LIMIT, LIMIT x,y."""
    x.many("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1),(2),(3)")
    t = sa.table("t", sa.column("n"))
    x.t(x.sql, "SELECT n FROM t ORDER BY n LIMIT :l", {"l": -1})
    x.tries(
        "SELECT n FROM t ORDER BY n LIMIT -1",
        "SELECT n FROM t ORDER BY n OFFSET 1",
        "SELECT n FROM t ORDER BY n LIMIT 1,2",
        "SELECT n FROM t ORDER BY n LIMIT NULL",
        "SELECT n FROM t ORDER BY n LIMIT '2'",
        sa.select(t.c.n).order_by(t.c.n).offset(1),
    )


def test_order_by_param(x: Application) -> None:
    """ORDER BY a parameter or a constant."""
    x.many("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (2),(1)")
    x.t(x.sql, "SELECT n FROM t ORDER BY :s", {"s": "n"})
    x.t(x.sql, "SELECT n FROM t ORDER BY 'n'")


def test_max_min_scalar(x: Application) -> None:
    """MAX(a, b), and GREATEST."""
    calls = ("MAX(1,2)", "MAX(1,NULL)", "GREATEST(1,2)", "GREATEST(1,NULL)")
    x.tries(*(f"SELECT {call} AS v" for call in calls))


def test_subquery_alias(x: Application) -> None:
    """A subquery without an alias, parentheses around the parts of a UNION."""
    x.tries(
        "SELECT * FROM (SELECT 1 AS a)",
        "(SELECT 1 AS a) UNION ALL (SELECT 2)",
        "SELECT 1 AS a LIMIT 1 UNION ALL SELECT 2",
    )


def test_recursive_cte_types(x: Application) -> None:
    """The types of a recursive query's columns, and the word RECURSIVE."""
    x.tries(
        "WITH RECURSIVE r(n, p) AS (SELECT 1, CAST('a' AS VARCHAR(10)) "
        "UNION ALL SELECT n+1, p || 'b' FROM r WHERE n < 3) SELECT p FROM r",
        "WITH r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r WHERE n < 3) SELECT n FROM r",
    )


def test_count_distinct_multi(x: Application) -> None:
    """COUNT(DISTINCT a, b)."""
    x.sql("CREATE TABLE t (a INTEGER, b INTEGER)")
    x.tries("SELECT COUNT(DISTINCT a, b) AS n FROM t", "SELECT COUNT(DISTINCT (a, b)) AS n FROM t")
