"""Build the migrated SQLite database once, keep it as a file, hand out its bytes.

The file is named after the digest of the migrations; it is built under a private name and sealed
by a rename, with its own digest beside it, so that a half-built or edited one is never used.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from diglot.dialects import sqlite
from diglot.errors.migrations import TemplateEdited, TemplateStale
from diglot.migrate.digest import digest_migrations
from diglot.migrate.program import migrate
from diglot.settings import MigrationSource

_SHOWN = 12


@dataclass(frozen=True)
class SqliteTemplate:
    """A migrated database, ready to be copied.

    content: the whole database file. built_s: seconds that the migrations took, 0 when cached.
    """

    digest: str
    path: Path
    content: bytes
    cached: bool
    built_s: float


def sqlite_template(root: Path, source: MigrationSource, folder: Path, *, fresh: bool = False) -> SqliteTemplate:
    """Return the template for the migrations on disk, building it when `folder` has none.

    Raises MigrationFailed (DG202), TemplateStale (DG201), TemplateEdited (DG205).
    """
    digest = digest_migrations(root, source, f"sqlite {sqlite.dialect().version}")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{digest[:_SHOWN]}.sqlite3"
    with _locked(folder / f"{digest[:_SHOWN]}.lock"):
        if path.exists() and not fresh:
            return SqliteTemplate(digest, path, _read_sealed(path), cached=True, built_s=0.0)
        started = time.perf_counter()
        _build(root, source, digest, path)
        return SqliteTemplate(digest, path, _read_sealed(path), cached=False, built_s=time.perf_counter() - started)


def _build(root: Path, source: MigrationSource, digest: str, path: Path) -> None:
    private = path.with_suffix(f".building-{os.getpid()}")
    try:
        migrate(root, source, URL.create("sqlite", database=str(private)))
        sqlite.seal(private)
        now = digest_migrations(root, source, f"sqlite {sqlite.dialect().version}")
        if now != digest:
            raise TemplateStale(template=path.name, built_from=digest[:_SHOWN], on_disk=now[:_SHOWN])
        _seal_file(path).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        _seal_file(path).write_text(_sha256(private.read_bytes()), encoding="ascii")
        private.rename(path)
    finally:
        for leftover in path.parent.glob(f"{private.name}*"):
            leftover.unlink()


def _read_sealed(path: Path) -> bytes:
    content = path.read_bytes()
    os.utime(path)
    try:
        sealed = _seal_file(path).read_text(encoding="ascii")
    except FileNotFoundError:
        sealed = "(missing)"
    found = _sha256(content)
    if found != sealed:
        raise TemplateEdited(path=str(path), sealed=sealed[:_SHOWN], found=found[:_SHOWN])
    return content


def _seal_file(path: Path) -> Path:
    return path.with_suffix(".sha256")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
