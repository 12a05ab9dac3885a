"""Where Diglot keeps what is worth keeping, and where it puts what a run throws away.

The cache holds sealed templates, `sqlite/*.sqlite3` and `seeds/<server>/<digest>/`, and the SQLite
databases of failed tests, `kept/*.sqlite3`. The runtime
folder holds running servers; it is on memory when there is room.
"""

import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from diglot.errors.provision import CacheUnusable, NoRoom

_KEPT_PER_SERVER = 6
_MB = 1 << 20


@dataclass(frozen=True)
class Entry:
    """One cached template or kept database. size: bytes. age_s: seconds since it was last used."""

    name: str
    path: Path
    kind: str
    size: int
    age_s: float


@dataclass(frozen=True)
class CacheDirectory:
    """A folder of sealed templates."""

    root: Path

    @classmethod
    def default(cls) -> "CacheDirectory":
        """Return `DIGLOT_CACHE_DIR`, else `diglot` in the user's cache folder."""
        said = os.environ.get("DIGLOT_CACHE_DIR")
        if said:
            return cls(Path(said).absolute())
        base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
        return cls(Path(base) / "diglot")

    def folder(self, *parts: str) -> Path:
        """Return a folder below the cache, made if need be; raises CacheUnusable (DG508)."""
        path = self.root.joinpath(*parts)
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o755)
            if not os.access(path, os.W_OK | os.X_OK):
                raise PermissionError(13, "no permission to write there")
        except OSError as error:
            raise CacheUnusable(
                path=str(path), problem=error.strerror or str(error), variable="DIGLOT_CACHE_DIR"
            ) from error
        return path

    def entries(self) -> list[Entry]:
        """Return everything that is cached or kept, the most recently used first."""
        found = [_entry(path, "sqlite") for path in self.root.glob("sqlite/*.sqlite3")]
        found += [_entry(path, "kept") for path in self.root.glob("kept/*.sqlite3")]
        found += [
            _entry(path, "postgresql") for path in self.root.glob("seeds/*/*") if (path / "manifest.json").exists()
        ]
        return sorted(found, key=lambda entry: entry.age_s)

    def clear(self, name: str | None = None) -> list[Entry]:
        """Remove the entries whose name, with or without its folder, begins with `name`, or all; return them."""
        removed = [entry for entry in self.entries() if name is None or _is_called(entry, name)]
        for entry in removed:
            _remove(entry.path)
        return removed

    def prune(self, server: str) -> None:
        """Keep the most recently used templates of one server, and drop the others."""
        seeds = [path for path in self.root.glob(f"seeds/{server}/*") if (path / "manifest.json").exists()]
        seeds.sort(key=lambda path: (path / "manifest.json").stat().st_mtime, reverse=True)
        for path in seeds[_KEPT_PER_SERVER:]:
            _remove(path)


def runtime_root() -> Path:
    """Return the folder for running servers: `DIGLOT_RUNTIME_DIR`, else memory, else the temporary folder."""
    said = os.environ.get("DIGLOT_RUNTIME_DIR")
    if said:
        return Path(said).absolute()
    return Path("/dev/shm") / f"diglot-{os.geteuid()}"  # noqa: S108 - checked for owner and mode before use


def fallback_root() -> Path:
    """Return the folder for running servers when memory has no room."""
    return Path("/tmp") / f"diglot-{os.geteuid()}"  # noqa: S108 - short, as a socket's path must be


def place_with_room(needed: int) -> Path:
    """Return a runtime folder on a file system with `needed` bytes free; raises NoRoom (DG506)."""
    seen = []
    said = "DIGLOT_RUNTIME_DIR" in os.environ
    for root in [runtime_root()] if said else [runtime_root(), fallback_root()]:
        free = free_bytes(root)
        if free >= needed:
            return _private(root)
        seen.append(f"{free // _MB} MB in {root.parent}")
    raise NoRoom(needed_mb=needed // _MB + 1, places=" and ".join(seen))


def free_bytes(path: Path) -> int:
    """Return the room left on the file system that would hold `path`; 0 when there is none."""
    while not path.exists():
        if path == path.parent:
            return 0
        path = path.parent
    try:
        facts = os.statvfs(path)
    except OSError:
        return 0
    return facts.f_bavail * facts.f_frsize if os.access(path, os.W_OK) else 0


def _private(root: Path) -> Path:
    """Make the folder, and refuse one that somebody else could have prepared."""
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o755)
        facts = root.lstat()
    except OSError as error:
        raise CacheUnusable(
            path=str(root), problem=error.strerror or str(error), variable="DIGLOT_RUNTIME_DIR"
        ) from error
    if facts.st_uid != os.geteuid() or root.is_symlink():
        raise CacheUnusable(path=str(root), problem="it belongs to another user", variable="DIGLOT_RUNTIME_DIR")
    return root


def _is_called(entry: Entry, name: str) -> bool:
    return entry.name.startswith(name) or entry.name.rpartition("/")[2].startswith(name)


def _entry(path: Path, kind: str) -> Entry:
    if path.is_file():
        facts = path.stat()
        folder = "kept/" if kind == "kept" else ""
        return Entry(f"{folder}{path.stem}", path, kind, facts.st_size, time.time() - facts.st_mtime)
    manifest = path / "manifest.json"
    size = json.loads(manifest.read_text(encoding="utf-8")).get("size", 0)
    return Entry(f"{path.parent.name}/{path.name}", path, kind, size, time.time() - manifest.stat().st_mtime)


def _remove(path: Path) -> None:
    """Unseal first, so that a removal that is cut short leaves nothing that looks whole."""
    if path.is_dir():
        (path / "manifest.json").unlink(missing_ok=True)
        shutil.rmtree(path)
    else:
        for beside in (".sha256", ".sqlite3-wal", ".sqlite3-shm"):
            path.with_suffix(beside).unlink(missing_ok=True)
        path.unlink()
