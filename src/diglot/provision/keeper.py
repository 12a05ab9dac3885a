"""The keeper: a small program that owns one Postgres server for as long as anybody leases it.

Started as `python -I -S keeper.py ORDER` with a listening unix socket inherited. A process
leases the server by connecting to that socket and staying connected; it gets one JSON line when
the server is ready. When the last lease closes, as it does when its holder is killed, the server
is stopped and its folder removed. On Linux the server also dies with its keeper.

It imports nothing but the standard library, and not the package that it is part of.
"""

import contextlib
import ctypes
import fcntl
import json
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 20.0

_POLL_S = 0.002
_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Serve one server until its leases are gone; return the exit code."""
    order = json.loads(sys.argv[1])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    keeper = Keeper(order, socket.socket(fileno=order["listener"]))
    try:
        keeper.serve()
    finally:
        keeper.stop()
    return 0


class Keeper:
    """One server, its leases, and its folder."""

    def __init__(self, order: dict[str, Any], listener: socket.socket) -> None:
        self._order = order
        self._folder = Path(order["folder"])
        self._data = self._folder / "data"
        self._listener = listener
        self._leases: set[socket.socket] = set()
        self._server: subprocess.Popen[bytes] | None = None
        self._lock: Any = None
        unlocked = self._folder / "unlocked"
        self._mark = unlocked.open("w", encoding="ascii")  # held for as long as this program lives
        fcntl.flock(self._mark, fcntl.LOCK_EX)
        unlocked.rename(self._folder / order["mark"])

    def serve(self) -> None:
        """Start the server, tell the leases, and wait until all of them have closed."""
        started = time.monotonic()
        problem = self._start()
        seconds = time.monotonic() - started
        answer = (
            {"problem": problem} if problem else {"ready_s": seconds, "pid": self._pid(), "folder": str(self._folder)}
        )
        self._listener.setblocking(False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            self._accept(selector, answer)
            while not problem and self._alive():
                for key, _ in selector.select(timeout=1.0):
                    if key.fileobj is self._listener:
                        self._accept(selector, answer)
                    else:
                        self._release(selector, key.fileobj)
                if not self._leases and self._nobody_comes(selector, answer):
                    return

    def stop(self) -> None:
        """Stop the server and remove, or keep, its data."""
        self._close_door()
        if self._order["keep_data"]:  # without its mark nobody takes the folder for a dead keeper's
            (self._folder / self._order["mark"]).unlink(missing_ok=True)
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(signal.SIGINT if self._order["keep_data"] else signal.SIGQUIT)
            try:
                self._server.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
        if not self._order["keep_data"]:
            shutil.rmtree(self._folder, ignore_errors=True)
        if self._lock is not None:
            Path(self._order["lock"]).unlink(missing_ok=True)

    def _start(self) -> str | None:
        """Copy the seed and start the server; return what went wrong."""
        copy = subprocess.run(
            ["cp", "-a", self._order["seed"], self._data], capture_output=True, text=True, check=False
        )
        if copy.returncode != 0:
            return f"the data directory could not be copied: {copy.stderr.strip()}"
        with (self._folder / "server.log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._order["program"], "-D", str(self._data), *self._order["options"]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=self._order["environ"],
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - this program has one thread
                **self._order["account"],
            )
        deadline = time.monotonic() + READY_TIMEOUT_S
        status = self._data / "postmaster.pid"
        while self._server.poll() is None and time.monotonic() < deadline:
            if _is_ready(status):
                return None
            time.sleep(_POLL_S)
        return self._log_tail()

    def _accept(self, selector: selectors.BaseSelector, answer: dict[str, Any]) -> None:
        while True:
            try:
                lease, _ = self._listener.accept()
            except BlockingIOError:
                return
            try:
                lease.sendall(json.dumps(answer).encode() + b"\n")
            except OSError:
                lease.close()
                continue
            lease.setblocking(False)
            self._leases.add(lease)
            selector.register(lease, selectors.EVENT_READ)

    def _release(self, selector: selectors.BaseSelector, lease: Any) -> None:
        """A lease says nothing: that it can be read means that it was closed."""
        try:
            if lease.recv(1):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        selector.unregister(lease)
        self._leases.discard(lease)
        lease.close()

    def _nobody_comes(self, selector: selectors.BaseSelector, answer: dict[str, Any]) -> bool:
        """Close the door under the lock that newcomers hold while they knock."""
        lock = Path(self._order["lock"]).open("w", encoding="ascii")  # noqa: SIM115 - held until the program ends
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            time.sleep(_POLL_S)
            return False
        self._accept(selector, answer)
        if self._leases:
            lock.close()
            return False
        self._lock = lock
        return True

    def _close_door(self) -> None:
        """Remove the socket's file, unless another keeper's has taken its place already."""
        path = Path(self._order["socket"])
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_ino == self._order["socket_inode"]:
                path.unlink()

    def _alive(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def _pid(self) -> int:
        return 0 if self._server is None else self._server.pid

    def _log_tail(self) -> str:
        log = (self._folder / "server.log").read_text(encoding="utf-8", errors="replace")
        return "\n".join(log.splitlines()[-12:]) or "(the log is empty)"


def _is_ready(status: Path) -> bool:
    try:
        lines = status.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[7].strip() == "ready"


def _die_with_parent() -> None:
    """Ask Linux for an immediate shutdown when the keeper dies; runs after the uid switch, which clears it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)


if __name__ == "__main__":
    sys.exit(main())
