"""Lock a file across processes; the kernel frees the lock when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path
from types import TracebackType


class FileLock:
    """A held lock. It ends when every copy of its descriptor is closed, also one handed to a child."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor

    def close(self) -> None:
        """Give up this process's hold; a child that was handed the descriptor keeps the lock."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def __enter__(self) -> "FileLock":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def lock(path: Path, *, shared: bool = False) -> FileLock:
    """Wait for the lock on `path`, making the file when it is missing."""
    while True:
        held = _attempt(path, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        if held is not None:
            return held


def try_lock(path: Path) -> FileLock | None:
    """Return the lock on `path`, or None when somebody else holds it."""
    try:
        return _attempt(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None


def _attempt(path: Path, operation: int) -> FileLock | None:
    """Lock the file, or return None when it was removed or replaced in the meantime.

    A holder may remove its lock file. Whoever waited on the removed one holds nothing.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, operation)
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            return FileLock(path, descriptor)
    except FileNotFoundError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None
