"""Start a keeper, and speak to one: knock at its socket, wait for its one line.

The socket listens before the keeper's program runs, so that nobody ever waits for it to appear.
"""

import errno
import json
import os
import secrets
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diglot.errors.provision import ServerNotStarted, SocketPathTooLong
from diglot.provision import keeper
from diglot.provision.account import Account
from diglot.provision.binaries import Binaries
from diglot.provision.seeds import Seed

PORT = 5432
SUPERUSER = "postgres"
MARK = "diglot.mark"
SOCKET_PATH_LIMIT = 103 if sys.platform == "darwin" else 107

_ANSWER_TIMEOUT_S = keeper.READY_TIMEOUT_S + 30
_TUNED = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "dynamic_shared_memory_type": "mmap",
    "autovacuum": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_connections": "200",
    "log_line_prefix": "%m %a %d ",
    "unix_socket_permissions": "0777",
}


@dataclass(frozen=True)
class ServerAddress:
    """Where a leased server listens: a unix socket only, as a superuser, without a password."""

    socket_dir: str
    port: int = PORT
    user: str = SUPERUSER


@dataclass(frozen=True)
class Answer:
    """What a keeper says of its server. folder: holds `run`, `data` and `server.log`."""

    folder: Path
    pid: int

    @property
    def address(self) -> ServerAddress:
        """Where the server listens."""
        return ServerAddress(str(self.folder / "run"))


@dataclass(frozen=True)
class Launcher:
    """How servers are started: which programs, as whom, with which time zone."""

    binaries: Binaries
    account: Account
    timezone: str

    def start(
        self, root: Path, key: str, seed: Seed, *, keep_data: bool
    ) -> tuple[socket.socket, "subprocess.Popen[bytes]"]:
        """Start a keeper on a copy of `seed`; return the first lease and the keeper.

        keep_data: leave the cleanly stopped data directory behind, to be sealed.
        """
        folder, path = root / f"{key}-{secrets.token_hex(3)}", root / f"{key}.sock"
        run = folder / "run"
        check_length(run / f".s.PGSQL.{PORT}")
        folder.mkdir(mode=0o755)
        run.mkdir(mode=0o755)
        self.account.own(run)
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener, (folder / "keeper.log").open("ab") as log:
            listener.bind(str(path))
            listener.listen(64)
            order = {
                "listener": listener.fileno(),
                "socket": str(path),
                "socket_inode": path.stat().st_ino,
                "folder": str(folder),
                "lock": str(root / f"{key}.lock"),
                "mark": MARK,
                "seed": str(seed.data),
                "program": str(self.binaries.program("postgres")),
                "options": self._options(run),
                "environ": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
                "account": self.account.popen_arguments,
                "keep_data": keep_data,
            }
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", keeper.__file__, json.dumps(order)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                pass_fds=[listener.fileno()],
                start_new_session=True,
                cwd="/",
            )
            connection = knock(path)
        if connection is None:
            raise ServerNotStarted(program=keeper.__file__, log="the keeper's socket refused a connection")
        return connection, process

    def wait(self, connection: socket.socket) -> Answer:
        """Wait for the keeper's line; raises ServerNotStarted (DG505) with the end of the server's log."""
        connection.settimeout(_ANSWER_TIMEOUT_S)
        line = b""
        while not line.endswith(b"\n"):
            part = connection.recv(65536)
            if not part:
                break
            line += part
        silent = {"problem": "the keeper ended without an answer"}
        facts: dict[str, Any] = json.loads(line) if line else silent
        if "problem" in facts:
            connection.close()
            raise ServerNotStarted(program=str(self.binaries.program("postgres")), log=facts["problem"])
        return Answer(Path(facts["folder"]), facts["pid"])

    def _options(self, run: Path) -> list[str]:
        settings = {**_TUNED, "unix_socket_directories": str(run), "timezone": self.timezone}
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def knock(path: Path) -> socket.socket | None:
    """Connect to a keeper's socket; return None when there is none, or a dead one's."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except OSError as error:
        connection.close()
        if error.errno in {errno.ENOENT, errno.ECONNREFUSED}:
            return None
        raise
    return connection


def check_length(path: Path) -> None:
    """Raise SocketPathTooLong (DG507) when the operating system could not bind `path`."""
    length = len(os.fsencode(path))
    if length > SOCKET_PATH_LIMIT:
        raise SocketPathTooLong(path=str(path), length=length, limit=SOCKET_PATH_LIMIT)
