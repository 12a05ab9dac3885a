"""Postgres: addresses, administration connections, and engines with real transactions.

The driver is the project's own (`[tool.diglot.postgresql] driver`), so that what is tested is
what is deployed. Administration always goes through psycopg2.
"""

import contextlib
import importlib
import importlib.util
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext

from diglot.dialects import admin_driver
from diglot.dialects.guard import failure_text
from diglot.errors.databases import DriverMissing
from diglot.errors.isolation import AbortedCommit
from diglot.frames import callsite

LEVELS = ("READ COMMITTED", "READ UNCOMMITTED")

Error = admin_driver.Error
DuplicateDatabase = admin_driver.DuplicateDatabase
InsufficientPrivilege = admin_driver.InsufficientPrivilege
LockNotAvailable = admin_driver.LockNotAvailable
ObjectInUse = admin_driver.ObjectInUse

_ABORTED = 3  # libpq's PQTRANS_INERROR, in both drivers
_CONNECT_TIMEOUT_S = 10
_KEEPALIVE = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
_NOT_IN_QUERY = ("user", "password", "dbname")
_FAILED = "diglot.failed"


def parse_url(text: str) -> URL:
    """Return a `postgres://`, `postgresql://` or `postgresql+driver://` URL without its driver.

    User, password and database are where SQLAlchemy keeps them, also when the text has them in its query.
    Raises ValueError, without the text, when it is no such URL.
    """
    try:
        url = make_url(text)
    except Exception as error:
        raise ValueError("it is not a database URL") from error
    if url.get_backend_name() not in ("postgresql", "postgres"):
        raise ValueError(f"it names {url.get_backend_name()!r}, not Postgres")
    if "@" in (url.host or ""):
        raise ValueError("its host holds an @; write %40 for an @ in the password")
    given = {key: str(value) for key, value in url.query.items() if key in _NOT_IN_QUERY}
    return url.difference_update_query(_NOT_IN_QUERY).set(
        drivername="postgresql",
        username=given.get("user", url.username),
        password=given.get("password", url.password),
        database=given.get("dbname", url.database),
    )


def place(host: str | None, port: int | str | None) -> str:
    """Return how messages name a server: `host:port`, or the folder of its socket."""
    if host and host.startswith(("/", "@")):
        return f"the socket in {host}, port {port or 5432}"
    return f"{f'[{host}]' if ':' in (host or '') else host or 'localhost'}:{port or 5432}"


def with_driver(url: URL, driver: str) -> URL:
    """Return `url` for SQLAlchemy with the driver named; a bare URL would mean another by default."""
    return url.set(drivername=f"postgresql+{driver}")


def connect_admin(url: URL, *, application_name: str = "diglot") -> Any:
    """Return a psycopg2 connection in autocommit; raises `Error`, or DriverMissing (DG617).

    It may be idle for long, behind a router that forgets: the operating system keeps it alive.
    """
    require(admin_driver.NAME)
    lasting = url.update_query_dict({**_KEEPALIVE, **url.query})
    connection = admin_driver.Connect(**connect_arguments(lasting, application_name=application_name))
    connection.autocommit = True
    return connection


def connect_arguments(url: URL, **more: Any) -> dict[str, Any]:
    """Return what libpq wants for `url`: host, port, user, password, dbname and the query's options."""
    parts = {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
        "connect_timeout": _CONNECT_TIMEOUT_S,
        **url.query,
        **more,
    }
    return {key: str(value) for key, value in parts.items() if value is not None}


def require(driver: str) -> None:
    """Raise DriverMissing (DG617) when the project's driver, or the one of administration, is not there."""
    if importlib.util.find_spec(driver) is None:
        raise DriverMissing(driver=driver, problem=f"no module named {driver!r}")
    if admin_driver.MISSING:
        raise DriverMissing(driver=admin_driver.NAME, problem=admin_driver.MISSING)


def preload(driver: str) -> None:
    """Import what the first connection through `driver` will need, as far as it is there."""
    with contextlib.suppress(ImportError):  # whoever opens the server is told what is missing
        importlib.import_module(f"diglot.dialects.{driver}_rewind")
        importlib.import_module(f"sqlalchemy.dialects.postgresql.{driver}")


def open_rewindable(url: URL) -> Any:
    """Return a rewindable connection through the driver that `url` names; only that one is imported."""
    module = importlib.import_module(f"diglot.dialects.{url.get_driver_name()}_rewind")
    return module.RewindableConnection.open(**connect_arguments(url))


def real_engine(url: URL) -> Engine:
    """Return an engine on `url` whose commits of an aborted transaction are errors.

    Postgres answers such a commit with a silent rollback, which loses work; a test must see it.
    """
    engine = create_engine(url)
    dialect: Any = engine.dialect
    commit, rollback = dialect.do_commit, dialect.do_rollback

    def do_commit(connection: Any) -> None:
        driver = connection.dbapi_connection
        if int(driver.info.transaction_status) == _ABORTED:
            driver.rollback()
            raise AbortedCommit(failed=connection.record_info.pop(_FAILED, None), committed_at=callsite())
        connection.record_info.pop(_FAILED, None)
        commit(connection)

    def do_rollback(connection: Any) -> None:
        connection.record_info.pop(_FAILED, None)
        rollback(connection)

    dialect.do_commit, dialect.do_rollback = do_commit, do_rollback
    event.listen(engine, "handle_error", _remember_failure)
    event.listen(engine, "rollback_savepoint", _forget_failure)
    return engine


def _forget_failure(connection: Connection, _name: str, _context: object) -> None:
    """What had failed since the savepoint is undone, and the transaction goes on."""
    info = connection.connection.record_info
    if info is not None:
        info.pop(_FAILED, None)


def _remember_failure(context: ExceptionContext) -> None:
    connection = context.connection
    if connection is None or connection.closed or connection.invalidated:
        return
    info = connection.connection.record_info
    if info is not None:
        statement = " ".join((context.statement or "").split())
        info.setdefault(_FAILED, failure_text(statement, context.original_exception))
