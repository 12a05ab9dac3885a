"""transactions: what a failed statement, a savepoint and a forgotten commit do."""

from contextlib import suppress

import pytest
import sqlalchemy as sa
from application import Application
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """The mapped classes."""


class Thing(Base):
    """A row with nothing but its id."""

    __tablename__ = "t"
    id: Mapped[int] = mapped_column(primary_key=True)


def test_aborted_transaction(x: Application) -> None:
    """Going on after a failed statement, in the same transaction."""
    x.many("CREATE TABLE t (id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES (1)")

    def plainly() -> None:
        with x.engine.begin() as connection:
            with suppress(IntegrityError):
                connection.execute(text("INSERT INTO t VALUES (1)"))
            connection.execute(text("INSERT INTO t VALUES (2)"))

    def in_a_savepoint() -> None:
        with x.engine.begin() as connection:
            with suppress(IntegrityError), connection.begin_nested():
                connection.execute(text("INSERT INTO t VALUES (1)"))
            connection.execute(text("INSERT INTO t VALUES (3)"))

    x.t(plainly)
    x.t(in_a_savepoint)
    x.sql("SELECT id FROM t ORDER BY id")


def test_session_flush_error(x: Application) -> None:
    """Going on with a session after an error, without a rollback."""
    Base.metadata.create_all(x.engine)
    with Session(x.engine) as session:
        session.add(Thing(id=1))
        session.commit()
        session.execute(text("INSERT INTO t VALUES (5)"))
        with suppress(IntegrityError):
            session.execute(text("INSERT INTO t VALUES (1)"))
        x.t(lambda: session.execute(text("SELECT count(*) AS n FROM t")).scalar())
        x.t(session.commit)
    x.sql("SELECT id FROM t ORDER BY id")


def test_commit_after_abort(x: Application) -> None:
    """COMMIT of a transaction in which a statement failed."""
    x.sql("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    with x.engine.connect() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
        with suppress(IntegrityError):
            connection.execute(text("INSERT INTO t VALUES (1)"))
        x.t(connection.commit)
    x.val("SELECT count(*) AS n FROM t")


@pytest.mark.unseen("Diglot ends SQLite's transactions where SQLAlchemy says, and not where pysqlite would")
def test_savepoint_pysqlite(x: Application) -> None:
    """A savepoint without a transaction around it, as pysqlite leaves it."""
    x.sql("CREATE TABLE t (id INTEGER PRIMARY KEY)")
    with x.engine.connect() as connection:
        with connection.begin_nested():
            connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.rollback()
    x.val("SELECT count(*) AS n FROM t")


@pytest.mark.unseen("Diglot ends SQLite's transactions where SQLAlchemy says, and not where pysqlite would")
def test_ddl_in_transaction(x: Application) -> None:
    """DDL in a transaction that is rolled back."""
    x.sql("CREATE TABLE d (a INTEGER)")
    with x.engine.connect() as connection:
        connection.execute(text("CREATE TABLE n (a INTEGER)"))
        connection.rollback()
        connection.execute(text("INSERT INTO d VALUES (1)"))
        connection.execute(text("CREATE TABLE m (a INTEGER)"))
        connection.rollback()
    for name in ("n", "m"):
        x.val("SELECT :found AS found", {"found": str(sa.inspect(x.engine).has_table(name))})


@pytest.mark.unseen("as above: the table is gone on both; that the class of the error differs is reported")
def test_missing_commit_ddl(x: Application) -> None:
    """A commit that was forgotten after DDL."""
    with x.engine.connect() as connection:
        connection.execute(text("CREATE TABLE t (a INTEGER)"))
    with x.engine.connect() as connection:
        x.t(connection.execute, text("INSERT INTO t VALUES (1)"))
    x.val("SELECT :found AS found", {"found": str(sa.inspect(x.engine).has_table("t"))})


@pytest.mark.isolation("clone")
def test_open_tx_blocks_ddl(x: Application) -> None:
    """An open transaction that only read, and DDL beside it."""
    x.many("CREATE TABLE t (a INTEGER)", "INSERT INTO t VALUES (1),(2)")
    with x.engine.connect() as reader, x.engine.connect() as other:
        x.impatient(other)
        reader.execute(text("SELECT a FROM t ORDER BY a")).all()
        x.t(other.execute, text("DROP TABLE t"))
        other.rollback()
    x.many("CREATE TABLE u (a INTEGER)", "INSERT INTO u VALUES (1),(2)")
    with x.engine.connect() as reader:
        result = reader.execute(text("SELECT a FROM u ORDER BY a"))
        result.fetchone()
        x.t(reader.execute, text("DROP TABLE u"))
        result.close()


@pytest.mark.alike("a serializable transaction sees one snapshot on both dialects")
@pytest.mark.isolation("clone")
def test_read_your_snapshot(x: Application) -> None:
    """Reading twice in a transaction while another one commits."""
    x.many("CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1)")
    with x.engine.connect().execution_options(isolation_level="SERIALIZABLE") as reader:
        reader.execute(text("SELECT count(*) AS n FROM t")).scalar()
        x.sql("INSERT INTO t VALUES (2)")
        reader.execute(text("SELECT count(*) AS n FROM t")).scalar()
