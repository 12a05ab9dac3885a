"""Borrow a Postgres server that is reached by URL, without touching what is on it.

The database that the URL names is at most connected to. Everything happens in databases that
Diglot creates beside it: `templates.py` builds and keeps them, `leftovers.py` cleans up.
"""

import time
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.errors.databases import (
    HostNotAllowed,
    MayNotCreateDatabases,
    NoDatabaseOpen,
    ServerReadOnly,
    ServerTooOld,
    UrlInvalid,
)
from diglot.provision.binaries import OLDEST_MAJOR
from diglot.provision.databases import DatabaseAdmin
from diglot.provision.refusals import Refusal

MAINTENANCE = "postgres"
LAST_RESORT = "template1"

_STARTING_WAIT_S = 15.0
_RETRY_S = 0.2
_FACTS = """
    SELECT current_user, rolsuper, rolcreatedb OR rolsuper, pg_is_in_recovery(),
           current_setting('server_version'), current_setting('max_connections')::int,
           (SELECT count(*)::int FROM pg_stat_activity WHERE datid IS NOT NULL AND usesysid IS NOT NULL),
           coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
           to_jsonb(template0), pg_encoding_to_char(template0.encoding)
    FROM pg_roles, pg_database AS template0
    WHERE rolname = current_user AND datname = 'template0'
"""


@dataclass(frozen=True)
class ServerFacts:
    """What is known of a server. database: the maintenance database that was open.

    encoding, collation: of a new database. connections: clients at that moment, ourselves among them.
    sslmode: as the URL says; tls: whether this connection is encrypted.
    """

    place: str
    database: str
    version: str
    major: int
    role: str
    is_superuser: bool
    createdb: bool
    encoding: str
    collation: str
    max_connections: int
    connections: int
    sslmode: str
    tls: bool


@dataclass(frozen=True)
class ExternalServer:
    """A borrowed server: its facts, and the administration connection that is this session's lease."""

    admin: DatabaseAdmin
    facts: ServerFacts

    def close(self) -> None:
        """Give the server back; whatever was not dropped is left over from now on."""
        self.admin.close()


def open_server(text: str, *, starting_wait_s: float = _STARTING_WAIT_S) -> ExternalServer:
    """Connect to the server that the URL `text` names.

    starting_wait_s: how long to wait for a server that says that it is starting up.
    Raises UrlInvalid (DG602), ServerUnreachable (DG603), LoginRefused (DG604), MayNotCreateDatabases
    (DG605), ServerTooOld (DG606), HostUnknown (DG610), TlsRefused (DG611), ServerFull (DG612),
    HostNotAllowed (DG613), NoDatabaseOpen (DG614), ServerReadOnly (DG615). None shows a password.
    """
    try:
        url = postgresql.parse_url(text)
    except ValueError as error:
        raise UrlInvalid(problem=str(error)) from None
    admin = _connect(url, time.monotonic() + starting_wait_s)
    try:
        return ExternalServer(admin, _look(admin))
    except BaseException:
        admin.close()
        raise


def redacted(text: str) -> str:
    """Return a database URL as it may be shown, or a word for what cannot be read as one."""
    try:
        return postgresql.parse_url(text).render_as_string(hide_password=True)
    except ValueError:
        return "(not a Postgres URL; not shown, as it may hold a password)"


def _connect(url: URL, deadline: float) -> DatabaseAdmin:
    """Connect to the first database that is open.

    The named one comes before `template1`: whoever is connected to that one keeps everybody else
    from a plain CREATE DATABASE.
    """
    refusals = []
    for database in dict.fromkeys([MAINTENANCE, url.database or MAINTENANCE, LAST_RESORT]):
        outcome = _attempt(url.set(database=database), deadline)
        if not isinstance(outcome, Refusal):
            return outcome
        if not outcome.only_this_database:
            raise outcome.explain()
        refusals.append(outcome)
    causes = [refusal.explain() for refusal in refusals]
    if all(isinstance(cause, HostNotAllowed) for cause in causes):
        raise causes[0]
    tried = {str(refusal.url.database): refusal.line for refusal in refusals}
    raise NoDatabaseOpen(server=refusals[0].place, role=refusals[0].role, tried=tried)


def _attempt(url: URL, deadline: float) -> DatabaseAdmin | Refusal:
    """Connect, or say what came instead; wait for a server that is starting up."""
    while True:
        try:
            return DatabaseAdmin(url)
        except postgresql.Error as error:
            refusal = Refusal.of(error, url)
        if not refusal.starting or time.monotonic() > deadline:
            return refusal
        time.sleep(_RETRY_S)


def _look(admin: DatabaseAdmin) -> ServerFacts:
    """Return the facts; raises the error for a server or a role that will not do."""
    major = admin.version_number // 10000
    if major < OLDEST_MAJOR:
        version = str(admin.query("SHOW server_version")[0][0])
        raise ServerTooOld(server=admin.place, version=version, oldest=OLDEST_MAJOR)
    row = admin.query(_FACTS)[0]
    role, is_superuser, createdb, read_only, version, most, connections, tls, template0, encoding = row
    if read_only:
        raise ServerReadOnly(server=admin.place)
    if not createdb:
        raise MayNotCreateDatabases(server=admin.place, role=role)
    return ServerFacts(
        place=admin.place,
        database=str(admin.url.database),
        version=version.split()[0],
        major=major,
        role=role,
        is_superuser=is_superuser,
        createdb=createdb,
        encoding=encoding,
        collation=_collation(template0),
        max_connections=most,
        connections=connections,
        sslmode=str(admin.url.query.get("sslmode", "prefer")),
        tls=tls,
    )


def _collation(database: dict[str, Any]) -> str:
    """Return locale and provider from a row of `pg_database`, whose columns differ between majors."""
    provider = {"b": "builtin", "i": "ICU"}.get(database.get("datlocprovider", "c"), "libc")
    locale = database.get("datlocale") or database.get("daticulocale") or database["datcollate"]
    return f"{locale} ({provider})"
