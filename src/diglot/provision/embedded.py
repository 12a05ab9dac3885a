"""Lease a Postgres server that is started from binaries on this machine.

All processes that want the same server (same programs, same template, same user) share one,
through its keeper; `keeper.py` says how it lives and ends. Everything is decided under one file
lock, so that any number of processes may start at once.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from diglot.errors.provision import ClusterNotMade, ServerNotStarted
from diglot.provision import keeper
from diglot.provision.account import check_runs, runnable, server_account
from diglot.provision.binaries import Binaries
from diglot.provision.cachedir import CacheDirectory, place_with_room
from diglot.provision.launch import MARK, Launcher, ServerAddress, knock
from diglot.provision.seeds import Seed, Seeds

_MEMORY = Path("/dev/shm")  # noqa: S108 - compared with, not written to
_SHELF = "/var/tmp/diglot-{uid}"  # noqa: S108 - world-readable by intention, and survives a reboot
_ROOM = 96 << 20
_SHOWN = 12
_STILLBORN_AFTER_S = 600
_BUILDER = "build"
_STAY_S = 3600
_HOLD = """
import socket, sys, time
lease = socket.socket(socket.AF_UNIX)
lease.connect(sys.argv[1])
print("held", flush=True)
time.sleep(float(sys.argv[2]))
"""


@dataclass(frozen=True)
class TemplateRequest:
    """A database that the server must have from its start.

    build: makes it, on a private server, when no seed has it; what it raises passes through.
    prepare: called before that server is started, for work that needs no server.
    """

    digest: str
    build: Callable[[ServerAddress], None]
    prepare: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class ServerInfo:
    """What is known of a leased server. ready_s: seconds from the call to the answer."""

    address: ServerAddress
    version: str
    source: str
    ready_s: float
    template_cached: bool
    on_memory: bool
    log_file: Path
    pid: int


@dataclass(frozen=True)
class ServerLease:
    """A server that stays up until this is closed, or its process ends."""

    connection: socket.socket
    info: ServerInfo
    door: Path

    def stay(self) -> str:
        """Let the server stay up for an hour, held by a process of its own; say how to end it sooner."""
        command = [sys.executable, "-I", "-S", "-c", _HOLD, str(self.door), str(_STAY_S)]
        holder = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True, cwd="/", text=True
        )
        assert holder.stdout is not None  # noqa: S101 - it was asked for
        holder.stdout.readline()
        holder.stdout.close()
        holder.returncode = 0  # it outlives this process by intention; Popen would warn of it
        return f"   (for an hour; end it with: kill {holder.pid})"

    def close(self) -> None:
        """Give the server back; the last lease's end stops it."""
        self.connection.close()


def lease_server(
    binaries: Binaries,
    *,
    template: TemplateRequest,
    cache: CacheDirectory,
    timezone: str = "UTC",
    fresh: bool = False,
) -> ServerLease:
    """Return a lease on the server with the template, starting it when nobody has.

    fresh: build the template anew, even when it is cached. Raises the errors DG501 to DG509, and
    whatever `template.build` raises; nothing is cached then.
    """
    account = server_account()
    binaries = runnable(binaries, account, shelf())
    launcher = Launcher(binaries, account, timezone)
    try:
        return _lease(launcher, template, cache, fresh=fresh)
    except (ClusterNotMade, ServerNotStarted, OSError):
        check_runs(binaries, account)  # a program that cannot run at all is the better explanation
        raise


def _lease(launcher: Launcher, template: TemplateRequest, cache: CacheDirectory, *, fresh: bool) -> ServerLease:
    started = time.perf_counter()
    binaries, account, timezone = launcher.binaries, launcher.account, launcher.timezone
    seed, cached = _seed_with_template(launcher, Seeds(cache, binaries, account), template, fresh=fresh)
    key = _key(str(seed.path), seed.inventory, timezone)
    root = place_with_room(2 * seed.size + _ROOM)
    reap(root)
    with _locked(root / f"{key}.lock"):
        connection = knock(root / f"{key}.sock")
        if connection is None:
            seed.check()
            connection, process = launcher.start(root, key, seed, keep_data=False)
            process.returncode = 0  # it outlives this process by intention; Popen would warn of it
    answer = launcher.wait(connection)
    info = ServerInfo(
        address=answer.address,
        version=binaries.version,
        source=binaries.source,
        ready_s=time.perf_counter() - started,
        template_cached=cached,
        on_memory=root.is_relative_to(_MEMORY),
        log_file=answer.folder / "server.log",
        pid=answer.pid,
    )
    return ServerLease(connection, info, root / f"{key}.sock")


def shelf() -> Path:
    """Return the folder for copies of programs that the server's user could not reach."""
    return Path(_SHELF.format(uid=os.geteuid()))


def reap(root: Path) -> list[Path]:
    """Remove the folders of dead keepers below `root`; return them.

    A folder is ours when it has the mark, and dead when the mark's lock, which a keeper holds
    for as long as it lives, can be taken.
    """
    removed = []
    for mark in root.glob(f"*/{MARK}"):
        with contextlib.suppress(FileNotFoundError, BlockingIOError), mark.open(encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if mark.exists():
                shutil.rmtree(mark.parent, ignore_errors=True)
                removed.append(mark.parent)
    return removed + _reap_stillborn(root)


def _reap_stillborn(root: Path) -> list[Path]:
    """Remove folders without a mark: a dead builder's, and those whose keeper never came to mark them."""
    removed = []
    for run in root.glob("*-*/run"):
        folder = run.parent
        if not (folder / MARK).exists() and _is_abandoned(folder, run.stat().st_mtime):
            shutil.rmtree(folder, ignore_errors=True)
            removed.append(folder)
    return removed


def _is_abandoned(folder: Path, made_at: float) -> bool:
    builder = folder.name.partition("-")[0].removeprefix(_BUILDER)
    if folder.name.startswith(_BUILDER) and builder.isdigit():
        with contextlib.suppress(PermissionError):
            try:
                os.kill(int(builder), 0)
            except ProcessLookupError:
                return True
        return False
    return time.time() - made_at > _STILLBORN_AFTER_S


def _seed_with_template(
    launcher: Launcher, seeds: Seeds, template: TemplateRequest, *, fresh: bool
) -> tuple[Seed, bool]:
    """Return the seed that holds the template, and whether it was cached."""
    name = f"{template.digest[:_SHOWN]}-{_key(launcher.timezone)[:4]}"
    if not fresh and (seed := seeds.find(name)):
        return seed, True
    with seeds.locked(name):
        if not fresh and (seed := seeds.find(name)):
            return seed, True
        template.prepare()
        base = seeds.base()
        return _build(launcher, seeds, base, template, name), False


def _build(launcher: Launcher, seeds: Seeds, base: Seed, template: TemplateRequest, name: str) -> Seed:
    """Build the template on a private server, stop it cleanly, and seal what it leaves."""
    root = place_with_room(2 * base.size + _ROOM)
    connection, process = launcher.start(root, f"{_BUILDER}{os.getpid()}", base, keep_data=True)
    folder: Path | None = None
    try:
        answer = launcher.wait(connection)
        folder = answer.folder
        template.build(answer.address)
        connection.close()
        process.wait(keeper.STOP_TIMEOUT_S + 5)
        return seeds.seal(name, folder / "data")
    finally:
        connection.close()
        process.wait(keeper.STOP_TIMEOUT_S + 5)
        (root / f"{_BUILDER}{os.getpid()}.lock").unlink(missing_ok=True)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _key(*facts: str) -> str:
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:12]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock on `path`, which a keeper that ends removes: whoever waited on a removed file tries again."""
    while True:
        with path.open("w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat()):
                yield
                return
