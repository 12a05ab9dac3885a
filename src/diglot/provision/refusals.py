"""Why a server did not let us in, as an error that says how to mend it.

libpq gives no error code for a failed connection, only text. What is not recognised, as the text
of a server that speaks another language, is passed on as it is.
"""

import getpass
import os
import re
from dataclasses import dataclass
from urllib.parse import quote_plus

from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.errors.base import DiglotError
from diglot.errors.databases import (
    HostNotAllowed,
    HostUnknown,
    LoginRefused,
    ServerFull,
    ServerUnreachable,
    TlsRefused,
    UrlInvalid,
)

_DATABASE_CLOSED = (
    'database "{}" does not exist',
    'database "{}" is not currently accepting connections',
    'permission denied for database "{}"',
    'too many connections for database "{}"',
)
_STARTING = ("the database system is starting up", "not yet accepting connections", "is in recovery mode")
_HOST = re.compile(r"could not translate host name .* to address: (.*)")
_URL = ("invalid dsn", "invalid sslmode value", "invalid port number", "unrecognized configuration parameter")
_FULL = ("too many clients", "too many connections", "remaining connection slots")
_ENTRY = "pg_hba.conf"
_LOGIN = re.compile(r'authentication failed|no password supplied|not permitted to log in|role ".*" does not exist')
_TLS = ("ssl error", "does not support ssl", "certificate", "ssl connection is required", "ssl required")
_PLAIN, _ENCRYPTED = ("no encryption", "SSL off"), ("SSL encryption", "SSL on")


@dataclass(frozen=True)
class Refusal:
    """A failed attempt to connect. text: all lines of libpq's message, without the password."""

    url: URL
    text: str

    @classmethod
    def of(cls, error: Exception, url: URL) -> "Refusal":
        """Keep what `error` says about connecting to `url`."""
        return cls(url, _without_password(str(error).strip() or type(error).__name__, url))

    @property
    def place(self) -> str:
        """The server, as messages name it."""
        host, port = self.url.query.get("host") or self.url.host, self.url.query.get("port") or self.url.port
        return postgresql.place(None if host is None else str(host), None if port is None else str(port))

    @property
    def role(self) -> str:
        """The role that libpq logs in with."""
        return self.url.username or os.environ.get("PGUSER") or getpass.getuser()

    @property
    def line(self) -> str:
        """What the server said, else what went wrong last.

        libpq tries each address of a host, with and without TLS, and reports all attempts.
        """
        lines = [line.strip() for line in self.text.splitlines() if line.strip()]
        attempts = [line.partition(" failed: ")[2] for line in lines if " failed: " in line]
        said = [line.removeprefix("FATAL:").strip() for line in attempts if line.startswith("FATAL:")]
        return said[0] if said else (attempts or lines)[-1]

    @property
    def only_this_database(self) -> bool:
        """Whether another database of the same server may be open."""
        name = self.url.database or ""
        entry = _ENTRY in self.text and f'database "{name}"' in self.text
        return entry or any(part.format(name) in self.text for part in _DATABASE_CLOSED)

    @property
    def starting(self) -> bool:
        """Whether the server is about to be ready."""
        return any(part in self.text for part in _STARTING)

    def explain(self) -> DiglotError:
        """Return the error for the cause; what is not known is ServerUnreachable, with the text as it came."""
        return self._way() or self._admission() or ServerUnreachable(server=self.place, problem=self.line)

    def _way(self) -> DiglotError | None:
        """Say what is wrong with the way to the server: UrlInvalid or HostUnknown."""
        said = self.text.lower()
        if any(part in said for part in _URL):
            return UrlInvalid(problem=self.line)
        if unknown := _HOST.search(self.text):
            return HostUnknown(host=str(self.url.query.get("host") or self.url.host), problem=unknown[1])
        return None

    def _admission(self) -> DiglotError | None:
        """Say why the server did not let us in: ServerFull, HostNotAllowed, LoginRefused or TlsRefused."""
        said = self.text.lower()
        if any(part in said for part in _FULL):
            return ServerFull(server=self.place, problem=self.line)
        if _ENTRY in said:
            return HostNotAllowed(server=self.place, role=self.role, problem=self.line, plain=self._only_plain)
        if _LOGIN.search(said):
            return LoginRefused(server=self.place, role=self.role, problem=self.line)
        if any(part in said for part in _TLS):
            return TlsRefused(server=self.place, asked=str(self.url.query.get("sslmode", "prefer")), problem=self.line)
        return None

    @property
    def _only_plain(self) -> bool:
        """Whether connecting was tried without TLS alone."""
        return any(part in self.text for part in _PLAIN) and not any(part in self.text for part in _ENCRYPTED)


def _without_password(text: str, url: URL) -> str:
    """Blank the password, unless it is a name that the text shows for another reason."""
    password = str(url.password or "")
    if not password or password in {url.username, url.database, url.host}:
        return text
    for secret in (password, quote_plus(password)):
        text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "***", text)
    return text
