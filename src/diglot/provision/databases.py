"""Create, copy, seal and drop databases on a server, and never one that is not Diglot's.

Each database that Diglot makes carries a mark, in its comment, from the moment it has its final
name. One without the mark is somebody's, and is left alone whatever it is called.

There is no way to create and to mark in one step. A new database therefore has a private name,
`diglot_new_<session>_<random>`, until it is marked. The session holds a lock on the server for as
long as it lives, so that a private name of a dead session says as much as a mark.
"""

import contextlib
import hashlib
import re
import secrets
import threading
import time
from typing import Any

from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.errors.databases import DatabaseInUse, DatabaseNameTooLong, DatabaseNotOurs, DatabaseTaken
from diglot.provision.mark import Mark

__all__ = ["PREFIX", "DatabaseAdmin", "Mark", "lock_number", "quote"]

PREFIX = "diglot_"

_NAME_LIMIT = 63  # bytes; Postgres cuts a longer name short without an error
_PRIVATE = re.compile(rf"{PREFIX}new_([0-9a-f]{{8}})_[0-9a-f]{{8}}")
_FILE_COPY_SINCE = 15
_IDLE_TIMEOUT_SINCE = 14
_GONE_WITHIN_S = 2.0
_POLL_S = 0.001
_COMMENTS = """
    SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database
    WHERE pg_has_role(datdba, 'USAGE') ORDER BY datname
"""
_COMMENT = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
_IS_TEMPLATE = "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate"
# A client has a user; the type of another role's backend is not shown to everybody.
_CLIENTS = "SELECT usename FROM pg_stat_activity WHERE datname = %s AND usesysid IS NOT NULL"
_DISCONNECT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usesysid IS NOT NULL"
_HELD_LOCKS = """
    SELECT classid, objid FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND pid <> pg_backend_pid()
"""


class DatabaseAdmin:
    """One administration connection, in autocommit, whose statements run one after the other.

    session: a random name for this connection; whatever it makes is left over once it has ended.
    role: that it logged in as. place: the server, as messages name it.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.session = secrets.token_hex(4)
        self._lock = threading.Lock()
        self._connection: Any = postgresql.connect_admin(url, application_name=f"diglot {self.session}")
        self.version_number = int(self._connection.server_version)
        self.role = str(self._connection.info.user)
        self.place = postgresql.place(self._connection.info.host, self._connection.info.port)
        try:
            self._be_patient()
            self.query("SELECT pg_advisory_lock(%s)", lock_number(f"session {self.session}"))
        except BaseException:
            self.close()
            raise

    def __repr__(self) -> str:
        return f"<DatabaseAdmin {self.session} at {self.place}>"

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run one statement; return its rows."""
        with self._lock, self._connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return [] if cursor.description is None else list(cursor.fetchall())

    def create(self, name: str, mark: Mark, *, template: str | None = None, file_copy: bool = False) -> None:
        """Create a marked database, from `template` or from the server's own.

        file_copy: copy files in place of writing a log; the better choice on memory.
        Raises DatabaseTaken (DG607), DatabaseNameTooLong (DG608).
        """
        _check_length(name)
        private = f"{PREFIX}new_{self.session}_{secrets.token_hex(4)}"
        self.query(f"CREATE DATABASE {quote(private)} TEMPLATE {self._source(template, file_copy=file_copy)}")
        try:
            self.mark(private, mark)
            self._rename(private, name)
        except BaseException:
            with contextlib.suppress(postgresql.Error):  # a lost connection: the cause is what is to be seen
                self._destroy(private)
            raise

    def mark(self, name: str, mark: Mark) -> None:
        """Write the mark on a database that this session has made, or that has a mark already."""
        self.query(f"COMMENT ON DATABASE {quote(name)} IS %s", mark.text())

    def marked(self) -> dict[str, Mark]:
        """Return every database of Diglot's that this role may drop, by name."""
        found = ((str(name), Mark.parse(comment)) for name, comment in self.query(_COMMENTS))
        return {name: mark for name, mark in found if mark is not None}

    def unfinished(self) -> dict[str, str]:
        """Return the databases that were made and not yet marked, with their sessions, by name.

        Such a one has a private name, this role as its owner, and no comment of any kind.
        """
        found = ((str(name), _PRIVATE.fullmatch(name)) for name, comment in self.query(_COMMENTS) if comment is None)
        return {name: match[1] for name, match in found if match}

    def exists(self, name: str) -> bool:
        """Say whether there is a database of that name, whoever made it."""
        return bool(self.query("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def is_connected(self, name: str) -> bool:
        """Say whether any client is connected to a database."""
        return bool(self.query(_CLIENTS, name))

    def seal(self, name: str, new_name: str) -> None:
        """Make a finished template usable: closed to connections, safe from a DROP by hand, renamed last."""
        _check_length(new_name)
        self.query(f"ALTER DATABASE {quote(name)} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false")
        self._disconnect(name)
        self._rename(name, new_name)

    def drop(self, name: str) -> None:
        """Drop a database of Diglot's, and nothing when it is gone.

        Raises DatabaseNotOurs (DG601) when it has no mark, DatabaseInUse (DG609) when somebody is
        connected whom this role cannot disconnect.
        """
        rows = self.query(_COMMENT, name)
        if rows and Mark.parse(rows[0][0]) is None:
            raise DatabaseNotOurs(name=name, server=self.place)
        if rows:
            self._destroy(name)

    def drop_unfinished(self, name: str) -> None:
        """Drop one of `unfinished()`'s, and nothing when it is gone; raises as `drop` does."""
        if name in self.unfinished():
            self._destroy(name)
        elif self.exists(name):
            raise DatabaseNotOurs(name=name, server=self.place)

    def held_locks(self) -> set[int]:
        """Return the numbers of all advisory locks that other sessions of the server hold, in any database."""
        return {_signed(int(high) << 32 | int(low)) for high, low in self.query(_HELD_LOCKS)}

    def close(self) -> None:
        """Close the connection, which ends the session."""
        self._connection.close()

    def _be_patient(self) -> None:
        """Lift the limits that a role or a server may set: a lock's holder is idle, and copies take their time."""
        idle = " SET idle_session_timeout = 0;" if self.version_number // 10000 >= _IDLE_TIMEOUT_SINCE else ""
        self.query(f"SET statement_timeout = 0; SET lock_timeout = 0;{idle}")

    def _source(self, template: str | None, *, file_copy: bool) -> str:
        if template is None:
            return "template0"
        copying = "FILE_COPY" if file_copy else "WAL_LOG"
        since = self.version_number // 10000 >= _FILE_COPY_SINCE
        return quote(template) + (f" STRATEGY {copying}" if since else "")

    def _rename(self, name: str, new_name: str) -> None:
        try:
            self.query(f"ALTER DATABASE {quote(name)} RENAME TO {quote(new_name)}")
        except postgresql.DuplicateDatabase:
            raise DatabaseTaken(name=new_name, server=self.place) from None

    def _destroy(self, name: str) -> None:
        """Drop a database for real. A forced DROP polls every 0.1 s; this takes a twentieth of it."""
        try:
            if self.query(_IS_TEMPLATE, name):
                self.query(f"ALTER DATABASE {quote(name)} WITH IS_TEMPLATE false")
            gone = self._disconnect(name)
            self.query(f"DROP DATABASE IF EXISTS {quote(name)}" + ("" if gone else " WITH (FORCE)"))
        except (postgresql.ObjectInUse, postgresql.InsufficientPrivilege):
            users = sorted({str(user) for (user,) in self.query(_CLIENTS, name)})
            if not users:
                raise
            raise DatabaseInUse(name=name, server=self.place, users=", ".join(users)) from None

    def _disconnect(self, name: str) -> bool:
        """End the connections to this one database; return whether they were gone soon."""
        deadline = time.monotonic() + _GONE_WITHIN_S
        self.query(_DISCONNECT, name)
        while self.is_connected(name):
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_S)
        return True


def lock_number(what: str) -> int:
    """Return the number of the advisory lock for `what`: 64 bits, signed."""
    return int.from_bytes(hashlib.sha256(f"diglot {what}".encode()).digest()[:8], "big", signed=True)


def quote(identifier: str) -> str:
    """Return an identifier as SQL writes it."""
    return '"' + identifier.replace('"', '""') + '"'


def _signed(number: int) -> int:
    return number - (1 << 64) if number >> 63 else number


def _check_length(name: str) -> None:
    length = len(name.encode())
    if length > _NAME_LIMIT:
        raise DatabaseNameTooLong(name=name, length=length, limit=_NAME_LIMIT)
