"""Connections in the process of the migrations: ours, and those that env.py opens by itself.

An env.py may connect by itself, to our database: by `sqlalchemy.url`, or by `DATABASE_URL`. Whether a connection is
on it, the server is asked. For asyncpg, which does not know libpq's options, they are translated.
"""

import gc
import importlib.util
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.pool import NullPool

_WHICH = text("SELECT current_database(), pg_postmaster_start_time()")
_ASYNC_DRIVERS = ("psycopg", "asyncpg")
_REFUSES_DRIVER = "requires an async driver"


class OfflineConnects(Exception):
    """A connection was opened while SQL is only being written."""


class Handed:
    """The connection to our database that env.py is handed; without an open transaction, as Alembic wants it."""

    def __init__(self, engine: Engine, connection: Connection, places: dict[URL, tuple[Any, ...]]) -> None:
        self._engine, self.connection, self._places = engine, connection, places

    def is_ours(self, other: Connection) -> bool:
        """Say whether a connection is on our database; what it has open stays as it is."""
        if other is self.connection or other.engine is self._engine:
            return True
        if other.dialect.name != self._engine.dialect.name:
            return False
        if other.dialect.name == "sqlite":
            return _file(other.engine) == _file(self._engine)
        if self._engine.url not in self._places:
            with self._engine.connect() as ours:
                self._places[self._engine.url] = _which(ours)
        return _which(other) == self._places[self._engine.url]


class Engines:
    """One engine for each address, so that what it learns of the server is learned once.

    Nothing stays open after a step, for a database can only be copied when nobody is connected to it; unless a
    connection is to be kept, which then is as a new one would be.
    """

    def __init__(self) -> None:
        self._known: dict[URL, Engine] = {}
        self._places: dict[URL, tuple[Any, ...]] = {}
        self._kept: tuple[URL, Engine] | None = None

    def keep(self, url: URL | None) -> None:
        """Keep the connection to this database open between steps, and no other one."""
        if self._kept is not None and self._kept[0] != url:
            self._kept[1].dispose()
            self._kept = None
        if self._kept is None and url is not None:
            self._kept = (url, create_engine(url, pool_size=1))

    @contextmanager
    def handed(self, url: URL) -> Iterator[Handed]:
        """Yield a connection to hand over, and commit what env.py left open on it when all went well."""
        engine = self._engine(url)
        with engine.connect() as connection:
            try:
                yield Handed(engine, connection, self._places)
            except BaseException:
                connection.invalidate()
                raise
            if not connection.closed:
                connection.commit()
        if not isinstance(engine.pool, NullPool):
            _as_new(engine)

    def _engine(self, url: URL) -> Engine:
        if self._kept is not None and self._kept[0] == url:
            return self._kept[1]
        if url not in self._known:
            self._known[url] = create_engine(url, poolclass=NullPool)
        return self._known[url]


def async_urls(url: URL) -> list[URL]:
    """Return the same address for each driver that is there and can be used asynchronously."""
    there = [driver for driver in _ASYNC_DRIVERS if importlib.util.find_spec(driver)]
    return [url.set(drivername=f"postgresql+{driver}") for driver in there]


def refuses_driver(error: BaseException) -> bool:
    """Say whether SQLAlchemy refused to use a driver asynchronously."""
    return _REFUSES_DRIVER in str(error)


def close_pool(engine: Engine) -> None:
    """Close what an engine of env.py's keeps open for later: our database must have nobody connected."""
    if isinstance(engine.pool, NullPool):
        return
    if not engine.dialect.is_async:
        engine.dispose()
        return
    # Its loop has ended, and nobody can close it in an orderly way; the last reference that goes closes the socket.
    engine.dispose(close=False)
    gc.collect()


@contextmanager
def no_connections() -> Iterator[None]:
    """Let every engine of the process refuse to connect."""

    def refuse(_dialect: Any, _record: Any, _args: Any, _arguments: Any) -> None:
        raise OfflineConnects("it opens a connection although it is asked for SQL only")

    event.listen(Engine, "do_connect", refuse)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", refuse)


def understand_options() -> None:
    """Let asyncpg take the URLs that libpq takes: it calls `options` and `application_name` server settings."""

    def translate(dialect: Any, _record: Any, _args: Any, arguments: dict[str, Any]) -> None:
        if dialect.driver != "asyncpg":
            return
        settings = dict(arguments.get("server_settings") or {})
        for word in shlex.split(arguments.pop("options", "")):
            name, equals, value = word.removeprefix("-c").partition("=")
            settings.update({name: value} if equals else {})
        if "application_name" in arguments:
            settings["application_name"] = arguments.pop("application_name")
        arguments["server_settings"] = settings

    event.listen(Engine, "do_connect", translate)


def _file(engine: Engine) -> Path:
    """The file behind a SQLite engine; databases in memory have none in common with it."""
    return Path(engine.url.database or "").resolve()


def _as_new(engine: Engine) -> None:
    """Forget what the step left in the session: settings, temporary tables, advisory locks."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("DISCARD ALL")


def _which(connection: Connection) -> tuple[Any, ...]:
    """The connection's database and server; Alembic must find it as it was, in a transaction or not."""
    was_open = connection.in_transaction()
    found = tuple(connection.execute(_WHICH).one())
    if not was_open:
        connection.rollback()
    return found
