"""Known divergences: concurrency/locking."""

import threading

import sqlalchemy as sa
from contract import X, contract
from sqlalchemy import text


@contract("database-is-locked", diverges=True, isolation="clone")
def test_database_is_locked(x: X) -> object:
    """Two writers on different rows."""
    x.many("CREATE TABLE t(id INTEGER PRIMARY KEY, n INTEGER)", "INSERT INTO t VALUES (1,0),(2,0)")
    with x.e.connect() as a, x.e.connect() as b:
        a.execute(text("UPDATE t SET n = 1 WHERE id = 1"))
        r = {"other row": x.t(lambda: b.execute(text("UPDATE t SET n = 1 WHERE id = 2")).rowcount)}
        b.rollback()
        r["same row"] = x.t(lambda: b.execute(text("UPDATE t SET n = 2 WHERE id = 1")).rowcount)
        b.rollback()
        r["read other row"] = x.t(lambda: b.execute(text("SELECT n FROM t WHERE id = 1")).scalar())
        return r


@contract("lost-update", diverges=True, isolation="clone")
def test_lost_update(x: X) -> object:
    """Read-modify-write race."""

    def go(recipe):
        x.t(x.sql, "DROP TABLE IF EXISTS t")
        x.many("CREATE TABLE t(n INTEGER)", "INSERT INTO t VALUES (0)")
        e = x.engine()
        if not x.pg and recipe:
            sa.event.listen(e, "connect", lambda c, _r: setattr(c, "isolation_level", None))
            sa.event.listen(e, "begin", lambda c: c.exec_driver_sql("BEGIN"))

        def work():
            with e.connect() as a, e.connect() as b:
                va = a.execute(text("SELECT n FROM t")).scalar()
                vb = b.execute(text("SELECT n FROM t")).scalar()
                a.execute(text(f"UPDATE t SET n = {va + 1}"))
                a.commit()
                b.execute(text(f"UPDATE t SET n = {vb + 1}"))
                b.commit()
            return "both committed"

        return [x.t(work), x.val("SELECT n FROM t")]

    return {"default": go(False), "BEGIN recipe": go(True)}


@contract("concurrent-upsert-race", diverges=True, isolation="clone")
def test_concurrent_upsert_race(x: X) -> object:
    """Check-then-insert race."""
    x.sql("CREATE TABLE t(k TEXT PRIMARY KEY)")
    out = {}
    with x.e.connect() as a:
        a.execute(text("SELECT 1 FROM t WHERE k='x'")).all()
        a.execute(text("INSERT INTO t VALUES ('x')"))

        def second():
            with x.e.connect() as b:
                if not b.execute(text("SELECT 1 FROM t WHERE k='x'")).all():  # check ...
                    out["check"] = "absent"
                    out["then insert"] = x.t(lambda: b.execute(text("INSERT INTO t VALUES ('x')")).rowcount)

        th = threading.Thread(target=second)
        th.start()
        threading.Event().wait(0.1)
        a.commit()
        th.join()
    return out
