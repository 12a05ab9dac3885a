"""Known divergences: nulls/ordering."""

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import select


@contract("order-by-nulls", diverges=True)
def test_order_by_nulls(x: X) -> object:
    """NULL position in ORDER BY."""
    x.many("CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (2),(NULL),(1)")
    return {
        "ASC": x.sql("SELECT n FROM t ORDER BY n"),
        "DESC": x.sql("SELECT n FROM t ORDER BY n DESC"),
        "NULLS LAST": x.sql("SELECT n FROM t ORDER BY n NULLS LAST"),
    }


@contract("row-order-no-order-by", diverges=True)
def test_row_order_no_order_by(x: X) -> object:
    """Row order without ORDER BY."""
    x.many(
        "CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER)",
        "INSERT INTO t VALUES (1,0),(2,0),(3,0)",
        "UPDATE t SET n = 1 WHERE id = 1",
    )
    return {"select": [r[0] for r in x.sql("SELECT id FROM t")], "limit 1": x.sql("SELECT id FROM t LIMIT 1")}


@contract("distinct-order", diverges=True)
def test_distinct_order(x: X) -> object:
    """Order of DISTINCT / GROUP BY output."""
    x.sql("CREATE TABLE t(n INTEGER)")
    x.sql("INSERT INTO t VALUES " + ",".join(f"({(i * 7919) % 101})" for i in range(400)))
    first = x.val("SELECT n FROM t GROUP BY n")
    return x.sql("SELECT count(*) AS c FROM t WHERE n > :first", {"first": first})


@contract("group-by-bare", diverges=True)
def test_group_by_bare(x: X) -> object:
    """Bare columns in GROUP BY."""
    x.many("CREATE TABLE t(g TEXT, n INTEGER, v TEXT)", "INSERT INTO t VALUES ('a',1,'x'),('a',2,'y')")
    return {
        "bare": x.t(x.sql, "SELECT g, v, MAX(n) FROM t GROUP BY g"),
        "no group by": x.t(x.sql, "SELECT v, count(*) FROM t"),
    }


@contract("group-by-alias-where-alias", diverges=True)
def test_group_by_alias_where_alias(x: X) -> object:
    """Column alias in WHERE/HAVING."""
    x.many("CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (2),(2)")
    return {
        "WHERE": x.t(x.sql, "SELECT n*2 AS d FROM t WHERE d > 1"),
        "HAVING": x.t(x.sql, "SELECT n, count(*) AS c FROM t GROUP BY n HAVING c > 1"),
        "GROUP BY": x.t(x.sql, "SELECT n+1 AS k, count(*) FROM t GROUP BY k"),
        "ORDER BY expr": x.t(x.sql, "SELECT n AS k FROM t ORDER BY k + 1"),
    }


@contract("having-no-group-by", diverges=True)
def test_having_no_group_by(x: X) -> object:
    """HAVING without GROUP BY."""
    x.many("CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (1),(2)")
    return {
        "agg": x.t(x.sql, "SELECT count(*) FROM t HAVING count(*) > 1"),
        "bare": x.t(x.sql, "SELECT n FROM t HAVING n > 1"),
    }


@contract("limit-negative", diverges=True)
def test_limit_negative(x: X) -> object:
    """LIMIT -1 / OFFSET without LIMIT / LIMIT x,y."""
    x.many("CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (1),(2),(3)")
    t = sa.table("t", sa.column("n"))
    return {
        "LIMIT -1": x.t(x.sql, "SELECT n FROM t ORDER BY n LIMIT -1"),
        ":l=-1": x.t(x.sql, "SELECT n FROM t ORDER BY n LIMIT :l", {"l": -1}),
        "OFFSET only": x.t(x.sql, "SELECT n FROM t ORDER BY n OFFSET 1"),
        "LIMIT 1,2": x.t(x.sql, "SELECT n FROM t ORDER BY n LIMIT 1,2"),
        "Core offset": x.t(x.sql, select(t.c.n).order_by(t.c.n).offset(1)),
        "LIMIT NULL": x.t(x.sql, "SELECT n FROM t ORDER BY n LIMIT NULL"),
        "LIMIT '2'": x.t(x.sql, "SELECT n FROM t ORDER BY n LIMIT '2'"),
    }


@contract("order-by-param", diverges=True)
def test_order_by_param(x: X) -> object:
    """ORDER BY :param / ORDER BY constant."""
    x.many("CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (2),(1)")
    return {
        ":s": x.t(x.sql, "SELECT n FROM t ORDER BY :s", {"s": "n"}),
        "'n'": x.t(x.sql, "SELECT n FROM t ORDER BY 'n'"),
    }


@contract("max-min-scalar", diverges=True)
def test_max_min_scalar(x: X) -> object:
    """MAX(a,b)/MIN(a,b) scalar vs GREATEST/LEAST."""
    return {s: x.t(x.val, "SELECT " + s) for s in ("MAX(1,2)", "MAX(1,NULL)", "GREATEST(1,2)", "GREATEST(1,NULL)")}


@contract("subquery-alias", diverges=True)
def test_subquery_alias(x: X) -> object:
    """FROM (subquery) without alias; parenthesised UNION arms."""
    return {
        "no alias": x.t(x.sql, "SELECT * FROM (SELECT 1 AS a)"),
        "(SELECT) UNION (SELECT)": x.t(x.sql, "(SELECT 1 AS a) UNION ALL (SELECT 2)"),
        "limit in arm": x.t(x.sql, "SELECT 1 AS a LIMIT 1 UNION ALL SELECT 2"),
    }


@contract("recursive-cte-types", diverges=True)
def test_recursive_cte_types(x: X) -> object:
    """Recursive CTE column types."""
    return {
        "text": x.t(
            x.sql,
            "WITH RECURSIVE r(n, p) AS (SELECT 1, CAST('a' AS VARCHAR(10)) "
            "UNION ALL SELECT n+1, p || 'b' FROM r WHERE n < 3) SELECT p FROM r",
        ),
        "no RECURSIVE kw": x.t(x.sql, "WITH r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r WHERE n<3) SELECT n FROM r"),
    }


@contract("count-distinct-multi", diverges=True)
def test_count_distinct_multi(x: X) -> object:
    """COUNT(DISTINCT a, b)."""
    x.sql("CREATE TABLE t(a INTEGER, b INTEGER)")
    return {
        "a,b": x.t(x.val, "SELECT COUNT(DISTINCT a, b) FROM t"),
        "(a,b)": x.t(x.val, "SELECT COUNT(DISTINCT (a, b)) FROM t"),
    }
