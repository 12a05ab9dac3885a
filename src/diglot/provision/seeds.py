"""Keep initialised clusters, with and without a template, sealed in the cache.

`initdb` takes most of a second; copying its result takes a few hundredths. A seed is built under
a private name and sealed by a rename, with an inventory, so that a half-built, damaged or edited
one is never started.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from diglot.errors.provision import ClusterNotMade, SeedEdited
from diglot.provision.account import Account
from diglot.provision.binaries import Binaries
from diglot.provision.cachedir import CacheDirectory

BASE = "base"

_BUILTIN_LOCALE_SINCE = 17
_CHECKSUMS_BY_DEFAULT_SINCE = 18
_SHOWN = 12


@dataclass(frozen=True)
class Seed:
    """A stopped cluster in the cache. size: bytes."""

    path: Path
    size: int
    inventory: str

    @property
    def data(self) -> Path:
        """The data directory to copy."""
        return self.path / "data"

    def check(self) -> None:
        """Raise SeedEdited (DG509) when a file was added, removed or changed since it was sealed."""
        found = _inventory(self.data)[0]
        if found != self.inventory:
            raise SeedEdited(path=str(self.path), sealed=self.inventory[:_SHOWN], found=found[:_SHOWN])


class Seeds:
    """The seeds of one installation for one account."""

    def __init__(self, cache: CacheDirectory, binaries: Binaries, account: Account) -> None:
        self._cache = cache
        self.server = f"{binaries.key}-{account.uid}"
        self._binaries = binaries
        self._account = account
        self._folder = cache.folder("seeds", self.server)

    def find(self, name: str) -> Seed | None:
        """Return a sealed seed, and note that it was used."""
        path = self._folder / name
        try:
            facts = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
            os.utime(path / "manifest.json")
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        return Seed(path, facts["size"], facts["inventory"])

    def base(self) -> Seed:
        """Return the seed of an empty cluster, made by `initdb` when there is none."""
        with self.locked(BASE):
            seed = self.find(BASE)
            if seed is not None:
                return seed
            with tempfile.TemporaryDirectory(prefix="diglot-", dir=self._scratch()) as folder:
                Path(folder).chmod(0o755)
                work = Path(folder) / "work"
                work.mkdir(mode=0o700)
                self._account.own(work)
                self._initdb(work / "data")
                return self.seal(BASE, work / "data")

    def seal(self, name: str, data: Path) -> Seed:
        """Copy the stopped cluster `data` into the cache; the rename comes last."""
        private = self._folder / f"{name}.building-{os.getpid()}"
        target = self._folder / name
        try:
            private.mkdir(mode=0o755)
            subprocess.run(["cp", "-a", data, private / "data"], check=True, capture_output=True)
            inventory, size = _inventory(private / "data")
            facts = {"inventory": inventory, "size": size, "server": self._binaries.version, "made": time.time()}
            (private / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")
            self.forget(name)
            private.rename(target)
        finally:
            shutil.rmtree(private, ignore_errors=True)
        self._cache.prune(self.server)
        return Seed(target, size, inventory)

    def forget(self, name: str) -> None:
        """Remove a seed, if it is there."""
        (self._folder / name / "manifest.json").unlink(missing_ok=True)
        shutil.rmtree(self._folder / name, ignore_errors=True)

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold the lock on one seed, across processes; sweep what a killed builder left."""
        with (self._folder / f"{name}.lock").open("w", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            for leftover in self._folder.glob(f"{name}.building-*"):
                shutil.rmtree(leftover, ignore_errors=True)
            yield

    def _initdb(self, data: Path) -> None:
        program = self._binaries.program("initdb")
        command = [program, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", *self._locale()]
        environ = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        attempts = [[], *self._namespaces()]
        output = ""
        for prefix in attempts:
            done = subprocess.run(
                [*prefix, *map(str, command)],
                capture_output=True, text=True, check=False, cwd="/", env=environ, **self._account.popen_arguments,
            )  # fmt: skip
            if done.returncode == 0:
                return
            output += done.stdout + done.stderr
        raise ClusterNotMade(program=str(program), user=self._account.name, output=output)

    def _locale(self) -> list[str]:
        options = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if self._binaries.major < _BUILTIN_LOCALE_SINCE:
            options = ["--locale=C.UTF-8"] if _has_locale("C.UTF-8") else ["--locale=C"]
        if self._binaries.major >= _CHECKSUMS_BY_DEFAULT_SINCE:
            options.append("--no-data-checksums")
        return options

    def _namespaces(self) -> list[list[str]]:
        """A user without a passwd entry, which `initdb` refuses, is given one by a user namespace."""
        unshare = shutil.which("unshare")
        return (
            [[unshare, "--user", "--map-user=65534", "--map-group=65534"]]
            if unshare and not self._account.switch
            else []
        )

    def _scratch(self) -> Path:
        for folder in (Path("/dev/shm"), Path("/tmp")):  # noqa: S108 - a private folder is made in it
            if folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > 1 << 27:
                return folder
        return Path(tempfile.gettempdir())


def _has_locale(name: str) -> bool:
    done = (
        subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False)
        if shutil.which("locale")
        else None
    )
    wanted = name.lower().replace("-", "")
    return done is not None and wanted in done.stdout.lower().replace("-", "").split()


def _inventory(data: Path) -> tuple[str, int]:
    """Return a digest of names, sizes and times, and the size in all; file contents are not read."""
    lines, size, stack = [], 0, [str(data)]
    while stack:
        with os.scandir(stack.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    stack.append(entry.path)
                else:
                    facts = entry.stat(follow_symlinks=False)
                    size += facts.st_size
                    lines.append(f"{entry.path[len(str(data)) :]} {facts.st_size} {facts.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest(), size
