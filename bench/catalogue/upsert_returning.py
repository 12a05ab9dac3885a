"""upsert/returning: inserting what may be there, and getting back what was changed."""

import sqlalchemy as sa
from application import Application, table
from sqlalchemy.dialects import postgresql, sqlite


def test_insert_or_replace(x: Application) -> None:
    """INSERT OR REPLACE, INSERT OR IGNORE, REPLACE INTO."""
    x.many("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT)", "INSERT INTO t VALUES (1,'a','b')")
    x.tries(
        "INSERT OR IGNORE INTO t (id, a) VALUES (1,'z')",
        "INSERT OR REPLACE INTO t (id, a) VALUES (1,'z')",
        "REPLACE INTO t (id, a) VALUES (1,'y')",
        "SELECT * FROM t",
        "INSERT INTO t (id, a) VALUES (1,'w') ON CONFLICT (id) DO UPDATE SET a = excluded.a",
        "SELECT * FROM t",
    )


def test_on_conflict_details(x: Application) -> None:
    """ON CONFLICT, at its edges."""
    x.many(
        "CREATE TABLE t (k INTEGER, v TEXT, CONSTRAINT uk UNIQUE (k))",
        "CREATE TABLE s (k INTEGER)",
        "INSERT INTO s VALUES (7)",
    )
    x.tries(
        "INSERT INTO t VALUES (1,'a'),(1,'b') ON CONFLICT (k) DO UPDATE SET v = excluded.v",
        "INSERT INTO t VALUES (1,'c') ON CONFLICT DO NOTHING",
        "INSERT INTO t VALUES (1,'c') ON CONFLICT DO UPDATE SET v = 'q'",
        "INSERT INTO t VALUES (1,'d') ON CONFLICT ON CONSTRAINT uk DO NOTHING",
        "INSERT INTO t SELECT k, 'x' FROM s ON CONFLICT (k) DO NOTHING",
        "INSERT INTO t SELECT k, 'x' FROM s WHERE true ON CONFLICT (k) DO NOTHING",
        "INSERT INTO t VALUES (1,'n') ON CONFLICT (k) DO UPDATE SET v = v || excluded.v",
        "INSERT INTO t VALUES (1,'n') ON CONFLICT (k) DO UPDATE SET v = t.v || excluded.v",
        "INSERT INTO s VALUES (1) ON CONFLICT (k) DO NOTHING",
    )


def test_upsert_generic_insert(x: Application) -> None:
    """One dialect's insert().on_conflict_do_update() on the other one."""
    t = table("t", sa.Column("a", sa.String))
    t.create(x.engine)
    postgres_insert = postgresql.insert(t).values(id=1, a="x")
    x.tries(
        sqlite.insert(t).values(id=1, a="x").on_conflict_do_update(index_elements=["id"], set_={"a": "y"}),
        postgres_insert.on_conflict_do_update(index_elements=["id"], set_={"a": "y"}),
        postgres_insert.on_conflict_do_update(constraint="t_pkey", set_={"a": "z"}),
        "SELECT * FROM t",
    )


def test_returning(x: Application) -> None:
    """RETURNING, and other forms of UPDATE and DELETE."""
    x.many("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)", "INSERT INTO t VALUES (1,'a'),(2,'b')")
    x.tries(
        "INSERT INTO t VALUES (3,'c') RETURNING id",
        "UPDATE t AS q SET a = 'z' WHERE q.id = 1 RETURNING q.id",
        "DELETE FROM t WHERE id = 3 RETURNING t.id",
        "WITH d AS (DELETE FROM t WHERE id = 2 RETURNING id) SELECT id FROM d",
        "UPDATE t SET a = s.b FROM (SELECT 1 AS i, 'n' AS b) s WHERE s.i = t.id RETURNING t.a",
        "DELETE FROM t USING (SELECT 2 AS i) s WHERE s.i = t.id",
        "DELETE FROM t WHERE id > 0 LIMIT 1",
    )
