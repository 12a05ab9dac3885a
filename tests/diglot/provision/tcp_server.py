"""A server of these tests' own that listens on TCP, as a borrowed one does, with roles that have passwords."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from shelf import until

from diglot.provision.account import Account, runnable, server_account
from diglot.provision.binaries import Binaries, choose
from diglot.provision.cachedir import CacheDirectory
from diglot.provision.embedded import shelf
from diglot.provision.seeds import Seeds

PASSWORD = "hunter2-s3cret"
ROLES = """
    CREATE ROLE maker LOGIN CREATEDB PASSWORD '{password}';
    CREATE ROLE other LOGIN CREATEDB PASSWORD '{password}';
    CREATE ROLE boss LOGIN SUPERUSER PASSWORD '{password}';
    CREATE ROLE reader LOGIN PASSWORD '{password}';
    CREATE ROLE sleeper NOLOGIN CREATEDB PASSWORD '{password}';
    CREATE ROLE crowded LOGIN CREATEDB PASSWORD '{password}' CONNECTION LIMIT 0;
    CREATE ROLE stranger LOGIN CREATEDB PASSWORD '{password}';
    CREATE ROLE narrow LOGIN CREATEDB PASSWORD '{password}';
"""
RULES = """
local all postgres trust
host all stranger 127.0.0.1/32 reject
host postgres narrow 127.0.0.1/32 reject
host template1 narrow 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""


@dataclass(frozen=True)
class TcpServer:
    """A running server. data: its data directory, readable by root and by its own account alone."""

    port: int
    data: Path
    run: Path

    def url(self, role: str = "maker", *, password: str = PASSWORD, database: str = "theirs", query: str = "") -> str:
        """Return a URL as a user writes it."""
        return f"postgres://{role}:{password}@127.0.0.1:{self.port}/{database}{query}"

    def run_sql(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run statements as the superuser; return the last one's rows."""
        connection = psycopg2.connect(host=str(self.run), port=self.port, user="postgres", dbname=database)
        connection.autocommit = True
        with closing(connection), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return [] if cursor.description is None else list(cursor.fetchall())

    def connect(self, database: str, role: str = "maker") -> "psycopg2.extensions.connection":
        """Connect as a test's own code does."""
        return psycopg2.connect(
            host="127.0.0.1", port=self.port, user=role, password=PASSWORD, dbname=database, connect_timeout=10
        )


def start(folder: Path, cache: Path, *signals: str) -> tuple[TcpServer, "subprocess.Popen[bytes]"]:
    """Start a server below `folder`, on a copy of a freshly made cluster.

    signals: files to put into the data directory, such as `standby.signal`.
    """
    account = server_account()
    binaries = runnable(choose("auto"), account, shelf())
    folder.chmod(0o755)
    run, data = folder / "run", folder / "data"
    run.mkdir()
    account.own(run)
    shutil.copytree(Seeds(CacheDirectory(cache), binaries, account).base().data, data)
    data.chmod(0o700)
    (data / "pg_hba.conf").write_text(RULES)
    for name in signals:
        (data / name).touch()
    for path in (data, *data.rglob("*")):
        account.own(path)
    server = TcpServer(_free_port(), data, run)
    process = _launch(binaries, account, server)
    assert until(lambda: _is_ready(server, process)), (folder / "server.log").read_text()
    return server, process


def stop(process: "subprocess.Popen[bytes]") -> None:
    """Stop a server at once."""
    process.send_signal(signal.SIGQUIT)
    process.wait(20)


def _launch(binaries: Binaries, account: Account, server: TcpServer) -> "subprocess.Popen[bytes]":
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(server.port),
        "unix_socket_directories": str(server.run),
        "fsync": "off",
        "autovacuum": "off",
        "max_connections": "100",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (server.run.parent / "server.log").open("ab") as log:
        return subprocess.Popen(
            [binaries.program("postgres"), "-D", server.data, *options],
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"},
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - started from the main thread, before any other
            **account.popen_arguments,
        )


def _is_ready(server: TcpServer, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, (server.run.parent / "server.log").read_text()
    status = server.data / "postmaster.pid"
    lines = status.read_text().splitlines() if status.exists() else []
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT, 0, 0, 0)
