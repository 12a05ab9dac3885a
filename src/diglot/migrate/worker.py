"""The parent's side of `diglot.migrate.serve`: one process that takes orders and answers each with a line.

Orders and answers are JSON lines over the process's stdin and stdout. What migrations print goes into a file of
its own, and is shown with an error. A process that is late is asked where it is, and killed.
"""

import contextlib
import fcntl
import json
import linecache
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import quote

from sqlalchemy import URL

from diglot.errors.base import DiglotError
from diglot.errors.migrations import (
    AsyncDriverMissing,
    ChainBroken,
    ConnectionIgnored,
    Irreversible,
    MigrationStepFailed,
    MigratorDied,
    OfflineRefused,
    StepTimedOut,
    UnknownRevision,
)
from diglot.migrate.program import import_path

NOWHERE = "postgresql+psycopg2://nobody@/nothing?host=/nonexistent"
"""The `DATABASE_URL` while there is no database to work on: never the one of whoever runs Diglot."""

_OUTPUT_LINES = 30
_START_S = 60.0  # importing Alembic on a machine under load is no fault of the chain
_PATIENCE_S = 2.0
_FRAME = re.compile(r'^ +File "(?P<path>.+)", line (?P<line>\d+)', re.MULTILINE)
_CAUSES: dict[str, type[DiglotError]] = {
    cause.__name__: cause
    for cause in (
        AsyncDriverMissing,
        ChainBroken,
        ConnectionIgnored,
        Irreversible,
        MigrationStepFailed,
        OfflineRefused,
        UnknownRevision,
    )
}
_SHOW_OUTPUT = ("ChainBroken", "MigrationStepFailed")


class _LateError(Exception):
    """The process did not answer in time."""


class _GoneError(Exception):
    """The process closed its end."""


@dataclass(frozen=True)
class _Doing:
    """What the process does now. path: the revision's file, or ""."""

    what: str
    revision: str = ""
    title: str = ""
    path: str = ""


class Worker:
    """The process that knows the project's chain; it is started by the first order, and again after it was killed.

    target: the ini file, relative to `root`. step_timeout_s: seconds for one revision, or for an order without any.
    born_with: the `DATABASE_URL` with which the process was started. one_database: whether it serves no other one,
    for what the project has read from its environment, once, it does not read again.
    reached: whether the last order came as far as a revision.
    """

    def __init__(self, root: Path, target: str, *, step_timeout_s: float) -> None:
        self._root, self._target, self._limit_s = root, target, step_timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._printed = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - closed by `close`
        appending = fcntl.fcntl(self._printed, fcntl.F_GETFL) | os.O_APPEND  # the process writes where the file ends
        fcntl.fcntl(self._printed, fcntl.F_SETFL, appending)
        self._selector = selectors.DefaultSelector()
        self.born_with: URL | None = None
        self.one_database = False
        self.reached = False
        self._received = bytearray()

    @property
    def is_running(self) -> bool:
        """Whether there is a process that takes orders."""
        return self._process is not None and self._process.poll() is None

    def ask(self, order: str, what: str, url: URL | None = None, **arguments: object) -> Any:
        """Give an order and return its answer.

        what: how messages call it while no revision is being run.
        Raises whatever of DG203 and DG206..DG214 the process reports, StepTimedOut (DG208), MigratorDied (DG212).
        """
        limit_s = self._limit_s if self.is_running else max(_START_S, self._limit_s)
        process = self._running(url)
        self._printed.truncate(0)
        told = {"order": order, "url": None if url is None else render(url), **arguments}
        doing = _Doing(what)
        self.reached = False
        try:
            orders = cast("IO[bytes]", process.stdin)
            orders.write(json.dumps(told).encode() + b"\n")
            orders.flush()
            while True:
                line = json.loads(self._line(process, time.monotonic() + limit_s))
                limit_s = self._limit_s
                if "answer" in line or "failure" in line:
                    return self._answer(line, url)
                if "step" in line:
                    self.reached = True
                    doing = _Doing(**line["step"])
        except (_GoneError, BrokenPipeError):
            raise self._died(process, doing, url) from None
        except _LateError:
            raise self._timed_out(process, doing, url) from None
        except BaseException as error:
            if not isinstance(error, DiglotError):
                self.kill()  # its answer would be taken for that of the next order
            raise

    def kill(self) -> None:
        """End the process and whatever it started."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def abandon(self) -> None:
        """End the process and whatever it started; who waits for it, in another thread, cleans up."""
        process = self._process
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End the process and forget what it printed."""
        self.kill()
        self._printed.close()
        self._selector.close()

    def _running(self, url: URL | None) -> subprocess.Popen[bytes]:
        elsewhere = self.one_database and url not in {None, self.born_with}
        if self._process is not None and (elsewhere or self._process.poll() is not None):
            self.kill()
        if self._process is None:
            self._received.clear()
            self.born_with = url
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-u",  # what a migration prints before it is killed must have been written
                    "-m",
                    "diglot.migrate.serve",
                    json.dumps({"root": str(self._root), "ini": self._target}),
                ],
                cwd=self._root,
                env={
                    **os.environ,
                    "PYTHONPATH": import_path(self._root),
                    "DATABASE_URL": NOWHERE if url is None else render(url),
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._printed,
                start_new_session=True,
            )
        return self._process

    def _line(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        handle = cast("IO[bytes]", process.stdout).fileno()
        self._selector.register(handle, selectors.EVENT_READ)
        try:
            while b"\n" not in self._received:
                if not self._selector.select(max(0.0, deadline - time.monotonic())):
                    raise _LateError
                part = os.read(handle, 1 << 16)
                if not part:
                    raise _GoneError
                self._received += part
        finally:
            self._selector.unregister(handle)
        line, _, rest = bytes(self._received).partition(b"\n")
        self._received[:] = rest
        return line

    def _answer(self, line: dict[str, Any], url: URL | None) -> Any:
        if "failure" not in line:
            return line["answer"]
        name, facts = line["failure"]["cause"], line["failure"]["facts"]
        facts = {key: _masked(fact, url) if isinstance(fact, str) else fact for key, fact in facts.items()}
        if name in _SHOW_OUTPUT:
            facts["output"] = self._output(url)
        raise _CAUSES[name](**facts)

    def _died(self, process: subprocess.Popen[bytes], doing: _Doing, url: URL | None) -> MigratorDied:
        try:
            code = process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            code = 0  # it closed its stdout and went on: for us it is gone
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        self.kill()
        output = self._output(url)
        return MigratorDied(revision=doing.revision, title=doing.title, direction=doing.what, how=how, output=output)

    def _timed_out(self, process: subprocess.Popen[bytes], doing: _Doing, url: URL | None) -> StepTimedOut:
        output = self._output(url)
        running = self._place(self._stack(process), doing)
        self.kill()
        return StepTimedOut(
            revision=doing.revision,
            title=doing.title,
            direction=doing.what,
            limit_s=self._limit_s,
            running=_masked(running, url),
            output=output,
        )

    def _stack(self, process: subprocess.Popen[bytes]) -> str:
        """Return the process's stack, innermost frame first: it prints one when it is asked by a signal."""
        before = self._printed.seek(0, os.SEEK_END)
        process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + _PATIENCE_S
        size, last = before, -1
        while (size == before or size != last) and time.monotonic() < deadline:
            time.sleep(0.05)
            last, size = size, self._printed.seek(0, os.SEEK_END)
        self._printed.seek(before)
        return self._printed.read().decode(errors="replace")

    def _place(self, stack: str, doing: _Doing) -> str:
        """Name the line that runs: the innermost of the revision's file, or of any file of the project."""
        frames = [(Path(found["path"]), int(found["line"])) for found in _FRAME.finditer(stack)]
        root = self._root.resolve()
        ours = [one for one in frames if doing.path and one[0] == root / doing.path]
        ours = ours or [one for one in frames if one[0].is_relative_to(root) and "site-packages" not in one[0].parts]
        if not ours:
            return ""
        path, line = ours[0]
        code = linecache.getline(str(path), line).strip()
        return f"{path.relative_to(root) if path.is_relative_to(root) else path}:{line}, `{code}`"

    def _output(self, url: URL | None) -> str:
        self._printed.seek(0)
        lines = self._printed.read().decode(errors="replace").strip().splitlines()
        return _masked("\n".join(lines[-_OUTPUT_LINES:]), url)


def render(url: URL) -> str:
    """Return the URL as text with as few percent signs as can be.

    Many an env.py gives it to `config.set_main_option`, to which a percent sign is an error; SQLAlchemy's own text
    has them in the path of a socket and in every option.
    """
    plain = url.set(query={}).render_as_string(hide_password=False)
    query = "&".join(
        f"{quote(key)}={quote(value, safe=' /=,:-').replace(' ', '+')}"
        for key, values in sorted(url.normalized_query.items())
        for value in values
    )
    return f"{plain}?{query}" if query else plain


def _masked(text: str, url: URL | None) -> str:
    password = str(url.password) if url is not None and url.password else ""
    for spelt in {password, quote(password), quote(password, safe=" +")} - {""}:
        text = text.replace(spelt, "***")
    return text
