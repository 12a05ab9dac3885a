"""Borrow a Postgres server that is reached by URL, without touching what is on it.

The database that the URL names is at most connected to. Everything happens in databases that
Diglot creates beside it, each with its mark; locks on the server make many sessions, also of many
machines, build a template once, and show which sessions are still alive.
"""

import hashlib
import os
import secrets
import socket
import time
from collections.abc import Callable

from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.errors.databases import (
    LoginRefused,
    MayNotCreateDatabases,
    ServerTooOld,
    ServerUnreachable,
    UrlInvalid,
)
from diglot.provision.binaries import OLDEST_MAJOR
from diglot.provision.databases import PREFIX, DatabaseAdmin, Mark

MAINTENANCE = "postgres"

_LOCK_TIMEOUT = "SET lock_timeout = '300s'"
_KEPT_TEMPLATES = 8
_YOUNG_S = 600
_SHOWN = 12
_LOGIN_PROBLEMS = ("authentication failed", "no password supplied", "does not exist", "not permitted to log in")


def open_admin(text: str) -> DatabaseAdmin:
    """Connect to the server that `text` names, in its maintenance database.

    Raises UrlInvalid (DG602), ServerUnreachable (DG603), LoginRefused (DG604),
    MayNotCreateDatabases (DG605), ServerTooOld (DG606); none of them shows a password.
    """
    try:
        url = postgresql.parse_url(text)
    except ValueError as error:
        raise UrlInvalid(problem=str(error)) from None
    server = f"{url.host or url.query.get('host') or 'localhost'}:{url.port or 5432}"
    admin = _connect(url, server)
    try:
        _check(admin, server)
        admin.query(_LOCK_TIMEOUT)
    except BaseException:
        admin.close()
        raise
    return admin


def ensure_template(
    admin: DatabaseAdmin, digest: str, build: Callable[[URL], None], *, fresh: bool
) -> tuple[str, bool]:
    """Return the name of the sealed template for `digest`, and whether it was there already.

    build: migrates the empty database at the URL that it is given; what it raises passes through,
    and the half-built database is dropped.
    """
    name = f"{PREFIX}t_{digest[:_SHOWN]}"
    lock = _lock_number(f"template {digest}")
    admin.query("SELECT pg_advisory_lock(%s)", lock)
    try:
        mark = admin.marked().get(name)
        if mark is not None and mark.digest == digest and not fresh:
            return name, True
        _build(admin, name, digest, build)
        _prune(admin)
        return name, False
    finally:
        admin.query("SELECT pg_advisory_unlock(%s)", lock)


def announce(admin: DatabaseAdmin, session: str) -> None:
    """Show, for as long as this connection lives, that the session does."""
    admin.query("SELECT pg_advisory_lock(%s)", _lock_number(f"session {session}"))


def sweep(admin: DatabaseAdmin) -> list[str]:
    """Drop the databases of sessions that are gone; return their names.

    A session is gone when its lock can be taken, nobody is connected to the database, and the
    database is not so young that its session may just be about to show itself.
    """
    dropped = []
    for name, mark in admin.marked().items():
        if mark.kind in {"worker", "clone", "building"} and _is_gone(admin, name, mark):
            admin.drop(name)
            dropped.append(name)
    return dropped


def _connect(url: URL, server: str) -> DatabaseAdmin:
    """Connect to the maintenance database, or to the named one where that is closed."""
    problem = ""
    for database in dict.fromkeys([MAINTENANCE, url.database or MAINTENANCE]):
        try:
            return DatabaseAdmin(url.set(database=database))
        except postgresql.OperationalError as error:
            problem = _first_line(error, url)
    if any(part in problem for part in _LOGIN_PROBLEMS):
        raise LoginRefused(server=server, role=url.username or "", problem=problem)
    raise ServerUnreachable(server=server, problem=problem)


def _check(admin: DatabaseAdmin, server: str) -> None:
    version, role = (str(value) for value in admin.query("SELECT current_setting('server_version'), current_user")[0])
    if admin.version_number // 10000 < OLDEST_MAJOR:
        raise ServerTooOld(server=server, version=version, oldest=OLDEST_MAJOR)
    if not admin.query("SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)"):
        raise MayNotCreateDatabases(server=server, role=role)


def _first_line(error: Exception, url: URL) -> str:
    text = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return text.replace(str(url.password), "***") if url.password else text


def _build(admin: DatabaseAdmin, name: str, digest: str, build: Callable[[URL], None]) -> None:
    building = f"{PREFIX}new_{digest[:_SHOWN]}_{secrets.token_hex(3)}"
    admin.create(building, Mark(kind="building", session="", digest=digest))
    try:
        build(admin.url.set(database=building))
        if admin.exists(name):
            admin.drop(name)
        admin.mark(building, Mark(kind="template", session="", digest=digest))
        admin.seal(building, name)
    except BaseException:
        admin.drop(building)
        raise


def _prune(admin: DatabaseAdmin) -> None:
    templates = [(mark.made_at, name) for name, mark in admin.marked().items() if mark.kind == "template"]
    for _, name in sorted(templates, reverse=True)[_KEPT_TEMPLATES:]:
        admin.drop(name)


def _is_gone(admin: DatabaseAdmin, name: str, mark: Mark) -> bool:
    if admin.query("SELECT 1 FROM pg_stat_activity WHERE datname = %s", name):
        return False
    here = mark.host == socket.gethostname()
    if here and mark.pid and _lives(mark.pid):
        return False
    if not here and time.time() - mark.made_at < _YOUNG_S:
        return False
    lock = _lock_number(f"session {mark.session}")
    if not admin.query("SELECT pg_try_advisory_lock(%s)", lock)[0][0]:
        return False
    admin.query("SELECT pg_advisory_unlock(%s)", lock)
    return True


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _lock_number(what: str) -> int:
    return int.from_bytes(hashlib.sha256(f"diglot {what}".encode()).digest()[:8], "big", signed=True)
