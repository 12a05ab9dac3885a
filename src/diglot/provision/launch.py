"""Start a child as another user, in a user namespace, or bound to the life of its parent.

Imported by the keeper, which must be up within milliseconds: only light standard modules here.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000


def launch(
    argv: Sequence[str | Path],
    *,
    user: int | None = None,
    group: int | None = None,
    mapped_user: int | None = None,
    die_with_parent: bool = False,
    cwd: str | Path = "/",
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
    stderr: int = subprocess.DEVNULL,
) -> "subprocess.Popen[bytes]":
    """Start `argv` and return it running.

    user, group: switch to them (root only), dropping all other groups.
    mapped_user: appear as this user inside a new user namespace, owning files as the caller.
    die_with_parent: on Linux the kernel sends SIGQUIT when the calling *thread* ends.
    Raises OSError or subprocess.SubprocessError when the switch is not permitted.
    """
    prepare = _preparation(mapped_user, die_with_parent=die_with_parent and sys.platform == "linux")
    return subprocess.Popen(
        argv,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        # It runs after the switch of users, which would clear the parent-death signal. The keeper
        # has one thread; elsewhere it is used only where a namespace is the last resort.
        preexec_fn=prepare,  # noqa: PLW1509
        cwd=cwd,
        env=_clean_environment(os.environ),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )


def _clean_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Drop what would steer Postgres: its own `PG*` variables and the locale."""
    kept = {key: value for key, value in environ.items() if not key.startswith(("PG", "LC_")) and key != "LANG"}
    return {**kept, "LC_ALL": "C"}


def _preparation(mapped_user: int | None, *, die_with_parent: bool) -> Callable[[], None] | None:
    if mapped_user is None and not die_with_parent:
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def prepare() -> None:
        if mapped_user is not None:
            _enter_namespace(libc, mapped_user)
        if die_with_parent:
            libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGQUIT), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def _enter_namespace(libc: ctypes.CDLL, mapped_user: int) -> None:
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWUSER)")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{mapped_user} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{mapped_user} {gid} 1", encoding="ascii")
