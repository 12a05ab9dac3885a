"""The seam between a driver's connection and the sandbox that rewinds it.

A rewindable connection reports each statement, commit and rollback to its guard. The guard is
a Protocol, although there is one, because the sandbox lives in a layer above the drivers.
"""

from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.engine.characteristics import ConnectionCharacteristic
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect as SqlalchemyDialect

from diglot.errors.isolation import IsolationLevelRefused
from diglot.frames import callsite

_AUTOCOMMIT = "diglot.autocommit"


class Guard(Protocol):
    """What a rewindable connection tells the sandbox."""

    last_checkout: object
    raw_autocommit: bool

    def begin(self, owner: object, *, raw: bool = False) -> None:
        """Begin a transaction of the application, on the pooled connection `owner`."""

    def commit(self, owner: object) -> None:
        """Commit the application's transaction; None stands for whichever is open."""

    def rollback(self, owner: object) -> None:
        """Roll the application's transaction back; None stands for whichever is open."""

    def statement(self, sql: str) -> AbstractContextManager[None]:
        """Surround one statement of a cursor."""


class TransactionMode(ConnectionCharacteristic):
    """SQLAlchemy's `isolation_level` option, kept per pooled connection and not on the driver's.

    The drivers' own switch would change the one connection that all pooled connections share, and
    pysqlite's would turn its legacy transactions back on.
    """

    transactional = True

    def __init__(self, *levels: str) -> None:
        self._levels = levels

    def set_connection_characteristic(
        self,
        dialect: SqlalchemyDialect,  # noqa: ARG002 - the signature is SQLAlchemy's
        conn: Connection,
        dbapi_conn: DBAPIConnection,  # noqa: ARG002
        value: Any,
    ) -> None:
        """Note AUTOCOMMIT on the pooled connection; refuse a level that cannot be given."""
        level = str(value).upper().replace("_", " ")
        if level not in ("AUTOCOMMIT", *self._levels):
            raise IsolationLevelRefused(level=level, at=callsite(), given=self._levels)
        info = conn.connection.record_info
        if info is not None:
            info[_AUTOCOMMIT] = level == "AUTOCOMMIT"

    def set_characteristic(
        self,
        dialect: SqlalchemyDialect,  # noqa: ARG002
        dbapi_conn: DBAPIConnection,  # noqa: ARG002
        value: Any,
    ) -> None:
        """Refuse: without the pooled connection nobody could say whose mode it is."""
        raise IsolationLevelRefused(level=str(value), at=callsite(), given=self._levels)

    def get_characteristic(
        self,
        dialect: SqlalchemyDialect,  # noqa: ARG002
        dbapi_conn: DBAPIConnection,  # noqa: ARG002
    ) -> str:
        """Return the level of transactions; autocommit is a matter of the pooled connection."""
        return self._levels[0]

    def reset_characteristic(
        self,
        dialect: SqlalchemyDialect,
        dbapi_conn: DBAPIConnection,
    ) -> None:
        """Do nothing: the note goes when the pooled connection is checked in."""


def is_autocommit(owner: dict[Any, Any] | None) -> bool:
    """Say whether the pooled connection with this `record_info` is in autocommit mode."""
    return bool(owner and owner.get(_AUTOCOMMIT))


def use_transaction_mode(engine: Engine, *levels: str) -> None:
    """Let `engine` keep its isolation level per pooled connection; the first level is the default."""
    dialect: Any = engine.dialect
    dialect.connection_characteristics = dialect.connection_characteristics.union(
        {"isolation_level": TransactionMode(*levels)}
    )


def forget_autocommit(_connection: object, record: Any) -> None:
    """Pool listener for `checkin`: the next user of the connection starts in the default mode."""
    record.record_info.pop(_AUTOCOMMIT, None)


def failure_text(sql: str, error: BaseException) -> str:
    """Return how a failed statement is named in messages: its start, its place, its error."""
    reason = "".join(str(error).strip().splitlines()[:1])
    return f"`{' '.join(sql.split())[:160]}` at {callsite()} ({type(error).__name__}: {reason})"
