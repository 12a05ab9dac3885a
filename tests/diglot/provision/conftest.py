"""Servers of these tests' own: a cache for all of them, a runtime folder for each."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from shelf import Hold, Lease, build, servers_in, until
from tcp_server import PASSWORD, ROLES, TcpServer, start, stop

from diglot.provision.binaries import choose
from diglot.provision.cachedir import CacheDirectory
from diglot.provision.databases import DatabaseAdmin
from diglot.provision.embedded import ServerLease, TemplateRequest, lease_server
from diglot.provision.external import open_server
from diglot.provision.launch import ServerAddress

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def cache_root() -> Iterator[Path]:
    """A cache that begins empty and is kept for these tests."""
    folder = Path(tempfile.mkdtemp(prefix="dgc-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cache(cache_root: Path, monkeypatch: pytest.MonkeyPatch) -> CacheDirectory:
    """The cache of these tests, for this process and its children."""
    monkeypatch.setenv("DIGLOT_CACHE_DIR", str(cache_root))
    return CacheDirectory.default()


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A short-named folder for this test's servers; when the test ends they must have gone by themselves."""
    folder = Path(tempfile.mkdtemp(prefix="dgr-", dir="/tmp"))
    folder.chmod(0o755)
    monkeypatch.setenv("DIGLOT_RUNTIME_DIR", str(folder))
    yield folder
    gone = until(lambda: servers_in(folder) == [])
    left = servers_in(folder)
    shutil.rmtree(folder, ignore_errors=True)
    assert gone, f"servers left behind: {left}"


@pytest.fixture
def lease(cache: CacheDirectory, runtime: Path) -> Iterator[Lease]:
    """Lease a server in this process; given back after the test at the latest."""
    leases: list[ServerLease] = []

    def take(
        digest: str = "shelf",
        *,
        fresh: bool = False,
        request: str = "auto",
        build: Callable[[ServerAddress], None] = build,
    ) -> ServerLease:
        leases.append(lease_server(choose(request), template=TemplateRequest(digest, build), cache=cache, fresh=fresh))
        return leases[-1]

    yield take
    for taken in leases:
        taken.close()


@pytest.fixture
def hold(cache: CacheDirectory, runtime: Path) -> Iterator[Hold]:
    """Start a process that leases a server and holds it until its input is closed."""
    holders: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, str(HERE / "holder.py"), *arguments]
        holders.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return holders[-1]

    yield start
    for holder in holders:
        holder.kill()
        holder.communicate()


@pytest.fixture(scope="session")
def tcp_server(cache_root: Path) -> Iterator[TcpServer]:
    """A server that listens on TCP and asks for passwords, with somebody's database `theirs` on it."""
    folder = Path(tempfile.mkdtemp(prefix="dgx-", dir="/tmp"))
    server, process = start(folder, cache_root)
    server.run_sql(*ROLES.format(password=PASSWORD).strip().split("\n"), "CREATE DATABASE theirs OWNER maker")
    yield server
    stop(process)
    shutil.rmtree(folder)


@pytest.fixture
def server(tcp_server: TcpServer) -> Iterator[TcpServer]:
    """The server on TCP; databases that the test leaves there are dropped by force."""
    yield tcp_server
    names = tcp_server.run_sql("SELECT datname FROM pg_database WHERE oid > 16383 AND datname <> 'theirs'")
    for (name,) in names:
        tcp_server.run_sql(f'ALTER DATABASE "{name}" IS_TEMPLATE false', f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def open_admin(server: TcpServer) -> Iterator[Callable[..., DatabaseAdmin]]:
    """Open administration connections, of `maker` unless another role is named; closed after the test."""
    opened: list[DatabaseAdmin] = []

    def open_one(role: str = "maker", **url: str) -> DatabaseAdmin:
        opened.append(open_server(server.url(role, **url)).admin)
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


@pytest.fixture
def admin(open_admin: Callable[..., DatabaseAdmin]) -> DatabaseAdmin:
    """An administration connection of a role that may create databases."""
    return open_admin()
