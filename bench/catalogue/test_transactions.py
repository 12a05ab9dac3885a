"""Known divergences: transactions."""

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import Column, Integer, text
from sqlalchemy.orm import Session, declarative_base


@contract("aborted-transaction", diverges=True)
def test_aborted_transaction(x: X) -> object:
    """Continuing after a failed statement in a transaction."""
    x.many("CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)")

    def go(nested):
        with x.e.connect() as c:
            tx = c.begin()
            try:
                if nested:
                    with c.begin_nested():
                        c.execute(text("INSERT INTO t VALUES (1)"))
                else:
                    c.execute(text("INSERT INTO t VALUES (1)"))
            except sa.exc.IntegrityError:
                pass
            out = x.t(lambda: c.execute(text(f"INSERT INTO t VALUES ({3 if nested else 2})")).rowcount)
            try:
                tx.commit()
            except Exception as e:
                return [out, str(e)]
            return [out, "committed"]

    return {"plain": go(False), "savepoint": go(True), "rows": [r[0] for r in x.sql("SELECT id FROM t ORDER BY id")]}


@contract("session-flush-error", diverges=True, isolation="clone")
def test_session_flush_error(x: X) -> object:
    """ORM flush error then continue (session.rollback missing)."""
    B = declarative_base()

    class T(B):
        __tablename__ = "t"
        id = Column(Integer, primary_key=True)

    B.metadata.create_all(x.e)
    with Session(x.e) as s:
        s.add(T(id=1))
        s.commit()
        s.execute(text("INSERT INTO t VALUES (5)"))
        try:
            s.execute(text("INSERT INTO t VALUES (1)"))
        except sa.exc.IntegrityError:
            pass
        a = x.t(lambda: s.execute(text("SELECT count(*) FROM t")).scalar())
        b = x.t(s.commit)
    return {"count after": a, "commit": b, "rows": [r[0] for r in x.sql("SELECT id FROM t ORDER BY id")]}


@contract("commit-after-abort", diverges=True)
def test_commit_after_abort(x: X) -> object:
    """COMMIT of an aborted transaction."""
    x.sql("CREATE TABLE t(id INTEGER PRIMARY KEY)")
    with x.e.connect() as c:
        c.execute(text("INSERT INTO t VALUES (1)"))
        try:
            c.execute(text("INSERT INTO t VALUES (1)"))
        except sa.exc.IntegrityError:
            pass
        r = x.t(c.commit)
    return {"commit()": r, "rows": x.val("SELECT count(*) FROM t")}


@contract("savepoint-pysqlite", diverges=True, isolation="clone")
def test_savepoint_pysqlite(x: X) -> object:
    """SAVEPOINT under legacy pysqlite transaction control."""
    x.sql("CREATE TABLE t(id INTEGER PRIMARY KEY)")
    with x.e.connect() as c:
        tx = c.begin()
        with c.begin_nested():
            c.execute(text("INSERT INTO t VALUES (1)"))
        tx.rollback()
    return x.val("SELECT count(*) AS n FROM t WHERE id = 1")


@contract("ddl-in-transaction", diverges=True, isolation="clone")
def test_ddl_in_transaction(x: X) -> object:
    """DDL inside a transaction, then rollback."""

    def go(first_dml):
        x.t(x.sql, "DROP TABLE IF EXISTS n")
        x.t(x.sql, "CREATE TABLE IF NOT EXISTS d(a INTEGER)")
        with x.e.connect() as c:
            tx = c.begin()
            if first_dml:
                c.execute(text("INSERT INTO d VALUES (1)"))
            c.execute(text("CREATE TABLE n(a INTEGER)"))
            tx.rollback()
        return sa.inspect(x.e).has_table("n")

    return {"table survives rollback": go(False), "after DML first": go(True)}


@contract("missing-commit-ddl", diverges=True, isolation="clone")
def test_missing_commit_ddl(x: X) -> object:
    """Forgotten commit after DDL."""
    with x.e.connect() as c:
        c.execute(text("CREATE TABLE t(a INTEGER)"))
    with x.e.connect() as c:
        x.t(lambda: c.execute(text("INSERT INTO t VALUES (1)")))
    return {
        "table exists": sa.inspect(x.e).has_table("t"),
        "uncommitted INSERT visible": x.t(x.val, "SELECT count(*) FROM t"),
    }


@contract("open-tx-blocks-ddl", diverges=True, isolation="clone")
def test_open_tx_blocks_ddl(x: X) -> object:
    """Leaked open transaction blocks DROP/ALTER/TRUNCATE (test teardown hangs)."""
    x.many("CREATE TABLE t(a INTEGER)", "INSERT INTO t VALUES (1),(2)")
    with x.e.connect() as a:
        a.execute(text("SELECT * FROM t")).all()
        r = {"after full fetch": x.t(x.sql, "DROP TABLE t")}
    x.t(x.sql, "CREATE TABLE IF NOT EXISTS t(a INTEGER)")
    x.sql("INSERT INTO t VALUES (1),(2)")
    with x.e.connect() as a:
        q = a.execute(text("SELECT * FROM t"))
        q.fetchone()
        r["cursor half read, same conn"] = x.t(lambda: a.execute(text("DROP TABLE t")) and "ok")
        q.close()
    return r


@contract("read-your-snapshot", diverges=False, isolation="clone")
def test_read_your_snapshot(x: X) -> object:
    """Repeatable reads within a transaction."""
    x.many("CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (1)")
    with x.e.connect() as a:
        a.execute(text("SELECT 1 AS one"))
        before = a.execute(text("SELECT count(*) AS n FROM t")).scalar()
    x.sql("INSERT INTO t VALUES (2)")
    with x.e.connect() as a:
        return a.execute(text("SELECT count(*) AS n FROM t")).scalar() - before
