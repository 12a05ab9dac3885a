"""concurrency/locking: two writers at a time."""

import threading

import pytest
from application import Application
from sqlalchemy import text


@pytest.mark.isolation("clone")
def test_database_is_locked(x: Application) -> None:
    """Two writers on different rows."""
    x.many("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER)", "INSERT INTO t VALUES (1,0),(2,0)")
    with x.engine.connect() as one, x.engine.connect() as other:
        x.impatient(other)
        one.execute(text("UPDATE t SET n = 1 WHERE id = 1"))
        x.t(other.execute, text("UPDATE t SET n = 1 WHERE id = 2"))
        other.rollback()
        x.t(other.execute, text("UPDATE t SET n = 2 WHERE id = 1"))
        other.rollback()
        other.execute(text("SELECT n FROM t WHERE id = 1")).scalar()


@pytest.mark.isolation("clone")
def test_lost_update(x: Application) -> None:
    """Two that read a number, add to it and write it back."""
    x.many("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (0)")
    with x.engine.connect() as one, x.engine.connect() as other:
        seen_by_one = one.execute(text("SELECT n FROM t")).scalar_one()
        seen_by_other = other.execute(text("SELECT n FROM t")).scalar_one()
        one.execute(text("UPDATE t SET n = :n"), {"n": seen_by_one + 1})
        one.commit()
        other.execute(text("UPDATE t SET n = :n"), {"n": seen_by_other + 1})
        other.commit()
    x.val("SELECT n FROM t")


@pytest.mark.isolation("clone")
def test_concurrent_upsert_race(x: Application) -> None:
    """Two that look for a row and insert it when it is not there."""
    x.sql("CREATE TABLE t (k TEXT PRIMARY KEY)")

    def look_and_insert() -> None:
        with x.engine.begin() as other:
            if not other.execute(text("SELECT 1 AS found FROM t WHERE k = 'x'")).all():
                other.execute(text("INSERT INTO t VALUES ('x')"))

    with x.engine.connect() as one:
        one.execute(text("INSERT INTO t VALUES ('x')"))
        second = threading.Thread(target=x.t, args=(look_and_insert,))
        second.start()
        second.join(timeout=0.15)
        one.commit()
    second.join()
