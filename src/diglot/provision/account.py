"""Decide as whom the server runs, and make its programs readable for that user.

Postgres refuses root. When this process is root, everything that the server touches runs as an
existing unprivileged user, by the child's own uid switch: no user is created, no program needed.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from diglot.errors.provision import BinariesBroken, UserSwitchRefused
from diglot.provision.binaries import Binaries

_PREFERRED = ("nobody", "postgres", "daemon")


@dataclass(frozen=True)
class Account:
    """The user that the server runs as; `switch` says whether that is another than this process."""

    uid: int
    gid: int
    name: str
    switch: bool

    @property
    def popen_arguments(self) -> dict[str, Any]:
        """What `subprocess.Popen` needs to start a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def own(self, path: Path) -> None:
        """Give `path` to this user."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def server_account() -> Account:
    """Return this process's own user, or an unprivileged one when this process is root."""
    uid = os.geteuid()
    if uid != 0:
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            name = f"uid {uid} (without a passwd entry)"
        return Account(uid, os.getegid(), name, switch=False)
    for candidate in _PREFERRED:
        try:
            entry = pwd.getpwnam(candidate)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, candidate, switch=True)
    raise UserSwitchRefused(user=" or ".join(_PREFERRED), problem="none of them has a passwd entry")


def runnable(binaries: Binaries, account: Account, shelf: Path) -> Binaries:
    """Return binaries that `account` can reach: the given ones, or a copy of them below `shelf`."""
    if account.switch and not _world_readable(binaries.program("postgres")):
        return replace(binaries, bin_dir=_copy(binaries, shelf) / "bin")
    return binaries


def check_runs(binaries: Binaries, account: Account) -> None:
    """Try the programs; raises BinariesBroken (DG502), UserSwitchRefused (DG503) with the cause."""
    for name in ("postgres", "initdb"):
        _try_to_run(binaries.program(name), account)


def _world_readable(program: Path) -> bool:
    """Whether a stranger may traverse every folder above `program` and run it."""
    real = program.resolve()
    mode = real.stat().st_mode
    if not mode & stat.S_IROTH or not mode & stat.S_IXOTH:
        return False
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in real.parents)


def _copy(binaries: Binaries, shelf: Path) -> Path:
    """Copy a whole installation once; the rename at the end makes it whole or absent."""
    target = shelf / binaries.key
    if not target.exists():
        shelf.mkdir(parents=True, exist_ok=True, mode=0o755)
        private = shelf / f"{binaries.key}.copying-{os.getpid()}"
        try:
            shutil.copytree(binaries.bin_dir.resolve().parent, private, symlinks=True)
            _open_to_all(private)
            if not target.exists():
                private.rename(target)
        finally:
            shutil.rmtree(private, ignore_errors=True)
    return target


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            programs = path.is_dir() or path.parent.name == "bin"
            path.chmod(path.stat().st_mode | (0o055 if programs else 0o044))


def _try_to_run(program: Path, account: Account) -> None:
    command = [str(program), "--version"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **account.popen_arguments)
    except OSError as error:
        if account.switch and error.filename is None:
            raise UserSwitchRefused(user=account.name, problem=str(error)) from error
        raise BinariesBroken(program=str(program), user=account.name, problem=str(error)) from error
    if done.returncode != 0:
        problem = done.stderr.strip() or f"it ended with {done.returncode}"
        raise BinariesBroken(program=str(program), user=account.name, problem=problem)
