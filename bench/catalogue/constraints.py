"""constraints: when they are checked, and which of them there are."""

import pytest
import sqlalchemy as sa
from application import Application, table


@pytest.mark.unseen("Diglot turns foreign keys on in SQLite, as production must")
def test_fk_off_by_default(x: Application) -> None:
    """Foreign keys are off in SQLite unless somebody turns them on."""
    x.many(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p(id) ON DELETE CASCADE)",
    )
    x.t(x.sql, "INSERT INTO c VALUES (1, 99)")
    x.many("INSERT INTO p VALUES (1)", "INSERT INTO c VALUES (2, 1)", "DELETE FROM p")
    x.val("SELECT count(*) AS n FROM c WHERE id = 2")


def test_fk_ddl_validation(x: Application) -> None:
    """A foreign key to a table that is missing, of another type, to a column that is not unique."""
    x.sql("CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT)")
    x.tries(
        "CREATE TABLE a (x INTEGER REFERENCES nope(id))",
        "CREATE TABLE b (x TEXT REFERENCES p(id))",
        "CREATE TABLE c (x TEXT REFERENCES p(code))",
    )


@pytest.mark.isolation("clone")
def test_deferred_constraints(x: Application) -> None:
    """DEFERRABLE INITIALLY DEFERRED, and SET CONSTRAINTS."""
    x.many(
        "CREATE TABLE p (id INTEGER PRIMARY KEY)",
        "CREATE TABLE c (p_id INTEGER REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED)",
    )
    x.tries(
        "INSERT INTO c VALUES (9)",
        "SET CONSTRAINTS ALL DEFERRED",
        "CREATE TABLE u (a INTEGER, UNIQUE (a) DEFERRABLE INITIALLY DEFERRED)",
    )


def test_unique_shift_update(x: Application) -> None:
    """UPDATE t SET pos = pos + 1 on a UNIQUE column."""
    x.many("CREATE TABLE t (pos INTEGER UNIQUE)", "INSERT INTO t VALUES (3),(2),(1)")
    x.t(x.sql, "UPDATE t SET pos = pos + 1")
    x.many("CREATE TABLE u (id INTEGER PRIMARY KEY, pos INTEGER UNIQUE)", "INSERT INTO u VALUES (1,2),(2,1)")
    x.sql("UPDATE u SET id = id WHERE id = 1")
    x.t(x.sql, "UPDATE u SET pos = pos + 1")


def test_pk_null(x: Application) -> None:
    """NULL in a primary key that is no INTEGER."""
    x.sql("CREATE TABLE t (id TEXT PRIMARY KEY)")
    x.tries("INSERT INTO t VALUES (NULL)", "INSERT INTO t VALUES (NULL)")
    x.val("SELECT count(*) AS n FROM t")


def test_partial_index_where(x: Application) -> None:
    """A partial unique index with the condition of one dialect only."""
    t = table("t", sa.Column("k", sa.Integer), sa.Column("deleted", sa.Boolean))
    sa.Index("u", t.c.k, unique=True, postgresql_where=t.c.deleted.is_(False))
    t.create(x.engine)
    x.t(x.sql, t.insert(), {"k": 1, "deleted": True})
    x.t(x.sql, t.insert(), {"k": 1, "deleted": True})


def test_expression_index(x: Application) -> None:
    """Indexes of expressions."""
    table("t", sa.Column("ts", sa.DateTime(timezone=True)), sa.Column("n", sa.String)).create(x.engine)
    x.tries(
        "CREATE INDEX i1 ON t (lower(n))",
        "CREATE INDEX i2 ON t (date(ts))",
        "CREATE INDEX i3 ON t (coalesce(n, ''))",
        "CREATE INDEX i4 ON t (n || 'x')",
        "CREATE INDEX i5 ON t ((n || 'x'))",
    )


def test_drop_table_dependents(x: Application) -> None:
    """DROP TABLE of a table that another one refers to."""
    x.many("CREATE TABLE p (id INTEGER PRIMARY KEY)", "CREATE TABLE c (p_id INTEGER REFERENCES p(id))")
    x.tries("DROP TABLE p", "DROP TABLE IF EXISTS p CASCADE")
