"""Create, copy, seal and drop databases on a server, and never one that is not Diglot's.

Each database that Diglot makes carries a mark, in its comment, from the moment it has its final
name. One without the mark is somebody's, and is left alone whatever it is called.
"""

import json
import os
import socket
import threading
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.errors.databases import DatabaseNotOurs
from diglot.version import VERSION

PREFIX = "diglot_"

_MARK = "diglot: "
_FILE_COPY_SINCE = 15


@dataclass(frozen=True)
class Mark:
    """What is written on a database of Diglot's. kind: template, building, worker, clone or kept."""

    kind: str
    session: str
    digest: str = ""
    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    made_at: float = field(default_factory=time.time)
    version: str = VERSION

    def text(self) -> str:
        """Return the comment that holds the mark."""
        return _MARK + json.dumps(asdict(self))

    @classmethod
    def parse(cls, comment: str | None) -> "Mark | None":
        """Return the mark in a comment, or None for any other comment."""
        if comment is None or not comment.startswith(_MARK):
            return None
        try:
            return cls(**json.loads(comment.removeprefix(_MARK)))
        except (TypeError, ValueError):
            return None


class DatabaseAdmin:
    """One administration connection, in autocommit, used by one thread at a time."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._connection: Any = postgresql.connect_admin(url)
        self._lock = threading.Lock()
        self.version_number = int(self._connection.server_version)

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Run one statement; return its rows."""
        with self._lock, self._connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return [] if cursor.description is None else list(cursor.fetchall())

    def create(self, name: str, mark: Mark, *, template: str | None = None, file_copy: bool = False) -> None:
        """Create a marked database, from `template` or from the server's own.

        file_copy: copy files in place of writing a log; the better choice on memory.
        """
        strategy = ""
        if template is not None:
            copying = "FILE_COPY" if file_copy else "WAL_LOG"
            since = self.version_number // 10000 >= _FILE_COPY_SINCE
            strategy = f" TEMPLATE {quote(template)}" + (f" STRATEGY {copying}" if since else "")
        self.query(f"CREATE DATABASE {quote(name)}{strategy or ' TEMPLATE template0'}")
        self.mark(name, mark)

    def mark(self, name: str, mark: Mark) -> None:
        """Write the mark on a database that has just been made."""
        self.query(f"COMMENT ON DATABASE {quote(name)} IS %s", mark.text())

    def marked(self) -> dict[str, Mark]:
        """Return every database of Diglot's on this server, by name."""
        rows = self.query("SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database ORDER BY datname")
        found = ((str(name), Mark.parse(comment)) for name, comment in rows)
        return {name: mark for name, mark in found if mark is not None}

    def exists(self, name: str) -> bool:
        """Say whether there is a database of that name, whoever made it."""
        return bool(self.query("SELECT 1 FROM pg_database WHERE datname = %s", name))

    def seal(self, name: str, new_name: str) -> None:
        """Make a finished template usable: closed to connections, renamed last."""
        self.query(f"ALTER DATABASE {quote(name)} WITH ALLOW_CONNECTIONS false")
        self.query(f"ALTER DATABASE {quote(name)} RENAME TO {quote(new_name)}")

    def drop(self, name: str) -> None:
        """Drop a database of Diglot's, and nothing when it is gone; raises DatabaseNotOurs (DG601).

        Connections to it are ended first: a plain DROP is twenty times faster than a forced one.
        """
        rows = self.query("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", name)
        if not rows:
            return
        if Mark.parse(rows[0][0]) is None:
            raise DatabaseNotOurs(name=name, server=str(self.url))
        connected = self.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name)
        self.query(f"DROP DATABASE {quote(name)}" + (" WITH (FORCE)" if connected else ""))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def quote(identifier: str) -> str:
    """Return an identifier as SQL writes it."""
    return '"' + identifier.replace('"', '""') + '"'
