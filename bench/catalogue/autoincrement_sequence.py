"""autoincrement/sequence: where the next id comes from."""

import sqlalchemy as sa
from application import Application, table


def test_explicit_id_sequence(x: Application) -> None:
    """The next id after a row was inserted with an id of its own."""
    t = table("t", sa.Column("a", sa.String))
    t.create(x.engine)
    x.sql(t.insert(), {"id": 1, "a": "seed"})
    x.t(x.sql, t.insert().returning(t.c.id), {"a": "n"})
    x.t(x.sql, t.insert().returning(t.c.id), {"a": "n"})


def test_id_reuse(x: Application) -> None:
    """Ids that come again after a DELETE or a rollback."""
    t = table("t", sa.Column("a", sa.String))
    t.create(x.engine)
    insert = t.insert().returning(t.c.id)
    x.val(insert, {"a": "first"})
    x.val(insert, {"a": "second"})
    x.sql("DELETE FROM t WHERE id = 2")
    x.val(insert, {"a": "third"})
    with x.engine.connect() as connection:
        connection.execute(t.insert(), {"a": "rolled back"})
        connection.rollback()
    x.val(insert, {"a": "fourth"})
    x.sql("DELETE FROM t")
    x.val(insert, {"a": "fifth"})


def test_integer_pk_raw_ddl(x: Application) -> None:
    """`id INTEGER PRIMARY KEY` in raw DDL."""
    x.sql("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)")
    x.t(x.sql, "INSERT INTO t (a) VALUES ('x')")


def test_bigint_pk(x: Application) -> None:
    """Primary keys of BigInteger and of two columns, without a value."""
    metadata = sa.MetaData()
    big = sa.Table("t", metadata, sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("a", sa.String))
    pair = sa.Table(
        "u",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("k", sa.Integer, primary_key=True),
        sa.Column("a", sa.String),
    )
    numbered = sa.Table(
        "w",
        sa.MetaData(),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("k", sa.Integer, primary_key=True),
    )
    metadata.create_all(x.engine)
    x.t(x.sql, big.insert(), {"a": "x"})
    x.t(x.sql, pair.insert(), {"k": 1, "a": "x"})
    x.t(numbered.create, x.engine)


def test_rowid(x: Application) -> None:
    """Rowid and oid."""
    x.many("CREATE TABLE t (a TEXT)", "INSERT INTO t VALUES ('x')")
    x.tries(
        "SELECT rowid FROM t",
        "SELECT oid FROM t",
        "DELETE FROM t WHERE rowid NOT IN (SELECT MIN(rowid) FROM t GROUP BY a)",
    )
