"""The database of one application: an engine, and connections that commit or roll back as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

BUSY_TIMEOUT_MS = 5000


class Database:
    """An engine, however it was made; the one way for services to reach a connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Yield a connection in a transaction: committed when the block ends, rolled back on an error."""
        with self.engine.begin() as connection:
            yield connection

    @classmethod
    def open(cls, url: URL, *, pool_size: int = 3) -> "Database":
        """Make the engine for `url`.

        pool_size: connections that one process keeps and never exceeds. A plan of 20 connections
        holds 2 web processes of 3, twice over while a deployment overlaps, and leaves 8 for
        migrations, the console and checks.
        """
        if url.get_backend_name() == "sqlite":
            engine = create_engine(url)
            _use_sqlite_well(engine)
        else:
            engine = create_engine(url, pool_size=pool_size, max_overflow=0, pool_pre_ping=True)
        return cls(engine)


def _use_sqlite_well(engine: Engine) -> None:
    """Turn foreign keys on, and pysqlite's own, incomplete transactions off."""

    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("foreign_keys = ON", "journal_mode = WAL", f"busy_timeout = {BUSY_TIMEOUT_MS}"):
            # diglot: sqlite only - listened to on SQLite's engine alone
            connection.execute(f"PRAGMA {pragma}")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # diglot: sqlite only - the same

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
