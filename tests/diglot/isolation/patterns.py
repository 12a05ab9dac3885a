"""The ways in which an application uses transactions, each as a function of an engine.

`kept` names the rows of `items` that a later connection must see; the template holds `seed`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """The registry of the one mapped class."""


class Item(Base):
    """A row of `items`."""

    __tablename__ = "items"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)


@dataclass(frozen=True)
class Pattern:
    """What an application does, and the names that are there afterwards."""

    name: str
    run: Callable[[sa.Engine], None]
    kept: tuple[str, ...] = ("seed", "a")


def insert(name: str) -> sa.Insert:
    """Return the statement that adds one item."""
    return sa.insert(Item).values(name=name)


def _session_commit(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add(Item(name="a"))
        session.commit()


def _commit_rollback_commit(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add(Item(name="a"))
        session.commit()
        session.add(Item(name="b"))
        session.flush()
        session.rollback()
        session.add(Item(name="c"))
        session.commit()


def _nested(engine: sa.Engine) -> None:
    with Session(engine) as session:
        session.add(Item(name="a"))
        session.flush()
        nested = session.begin_nested()
        session.add(Item(name="b"))
        session.flush()
        nested.rollback()
        session.commit()


def _engine_begin(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert("a"))


def _connection_never_committed(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.execute(insert("a"))


def _autocommit(engine: sa.Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(insert("a"))


def _autocommit_engine(engine: sa.Engine) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(insert("a"))
        connection.rollback()


def _autocommit_goes_on_after_an_error(engine: sa.Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(insert("a"))
        try:
            connection.execute(insert("a"))
        except sa.exc.IntegrityError:
            connection.execute(insert("b"))


def _raw_commit(engine: sa.Engine) -> None:
    connection = engine.raw_connection()
    connection.cursor().execute("INSERT INTO items (name) VALUES ('a')")
    connection.commit()
    connection.close()


def _raw_rollback(engine: sa.Engine) -> None:
    connection = engine.raw_connection()
    connection.cursor().execute("INSERT INTO items (name) VALUES ('a')")
    connection.rollback()
    connection.close()


def _raw_never_committed(engine: sa.Engine) -> None:
    connection = engine.raw_connection()
    connection.cursor().execute("INSERT INTO items (name) VALUES ('a')")
    connection.close()


def _second_thread(engine: sa.Engine) -> None:
    thread = threading.Thread(target=_session_commit, args=(engine,))
    thread.start()
    thread.join()


def _ddl(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE extra (id INTEGER)"))
        connection.execute(insert("a"))


def _guarded_error(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert("a"))
        try:
            with connection.begin_nested():
                connection.execute(insert("a"))
        except sa.exc.IntegrityError:
            connection.execute(insert("b"))


PATTERNS = (
    Pattern("session_commit", _session_commit),
    Pattern("commit_rollback_commit", _commit_rollback_commit, ("seed", "a", "c")),
    Pattern("nested", _nested),
    Pattern("engine_begin", _engine_begin),
    Pattern("connection_never_committed", _connection_never_committed, ("seed",)),
    Pattern("autocommit", _autocommit),
    Pattern("autocommit_engine", _autocommit_engine),
    Pattern("autocommit_goes_on_after_an_error", _autocommit_goes_on_after_an_error, ("seed", "a", "b")),
    Pattern("raw_commit", _raw_commit),
    Pattern("raw_rollback", _raw_rollback, ("seed",)),
    Pattern("raw_never_committed", _raw_never_committed, ("seed",)),
    Pattern("second_thread", _second_thread),
    Pattern("ddl", _ddl),
    Pattern("guarded_error", _guarded_error, ("seed", "a", "b")),
)
