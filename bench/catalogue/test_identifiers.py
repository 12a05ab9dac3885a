"""Known divergences: identifiers/quoting."""

from contract import X, contract
from sqlalchemy import Column, Integer, MetaData, Table


@contract("reserved-words", diverges=True)
def test_reserved_words(x: X) -> object:
    """Tables named user / order / group; columns end, desc."""
    m = MetaData()
    Table("user", m, Column("id", Integer, primary_key=True), Column("end", Integer))
    Table("order", m, Column("id", Integer, primary_key=True))
    m.create_all(x.e)
    return {
        "SELECT * FROM user": x.t(x.sql, "SELECT * FROM user"),
        'FROM "user"': x.t(x.sql, 'SELECT * FROM "user"'),
        "FROM order": x.t(x.sql, "SELECT * FROM order"),
        "u.end": x.t(x.sql, 'SELECT u.end FROM "user" u'),
        "SELECT end": x.t(x.sql, 'SELECT end FROM "user"'),
        "INSERT INTO user": x.t(x.sql, "INSERT INTO user(id) VALUES (1)"),
    }


@contract("bracket-backtick", diverges=True)
def test_bracket_backtick(x: X) -> object:
    """[id] and `id` quoting."""
    x.sql("CREATE TABLE t(a INTEGER)")
    return {
        "`a`": x.t(x.sql, "SELECT `a` FROM t"),
        "[a]": x.t(x.sql, "SELECT [a] FROM t"),
        "'a' as alias": x.t(x.sql, "SELECT 1 AS 'x'"),
    }


@contract("ambiguous-column", diverges=False)
def test_ambiguous_column(x: X) -> object:
    """Ambiguous / natural name resolution."""
    x.many("CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (1),(2),(11)")
    return {
        "GROUP BY alias=col": x.t(x.sql, "SELECT n % 10 AS n, count(*) AS c FROM t GROUP BY n ORDER BY 1, 2"),
        "ORDER BY alias=col": x.t(x.sql, "SELECT -n AS n FROM t ORDER BY n"),
    }


@contract("schema-qualified", diverges=True)
def test_schema_qualified(x: X) -> object:
    """Schema-qualified names / schema= on Table."""
    m = MetaData()
    Table("t", m, Column("id", Integer, primary_key=True), schema="c")
    return {
        "schema='c'": x.t(lambda: m.create_all(x.e) or "ok"),
        "translate": x.t(lambda: m.create_all(x.e.execution_options(schema_translate_map={"c": None})) or "ok"),
    }
