"""Name a schema after everything that it is made of.

The digest is of the files' names and contents, so that it is the same in every checkout; no
migration is imported to find it out.
"""

import configparser
import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from diglot.errors.migrations import MigrationsUnreadable
from diglot.settings import MigrationSource

_PACKAGES = ("diglot", "SQLAlchemy", "alembic")


def digest_migrations(root: Path, source: MigrationSource, *facts: str) -> str:
    """Return 64 hexadecimal digits for the schema that `source` makes.

    facts: whatever else the schema depends on, such as the server's version.
    Raises MigrationsUnreadable (DG204).
    """
    total = hashlib.sha256()
    for fact in (source.kind, source.target, *map(_package, _PACKAGES), *facts):
        total.update(f"{fact}\0".encode())
    try:
        for path in _files(root, source):
            total.update(f"{_name(root, path)}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    except OSError as error:
        raise MigrationsUnreadable(source=source.target, problem=str(error)) from error
    return total.hexdigest()


def _files(root: Path, source: MigrationSource) -> Iterator[Path]:
    if source.kind == "alembic":
        yield from _alembic_files(root / source.target)
        if source.before is not None:
            yield _module_file(root, source.before.split(":")[0])
    elif source.kind == "scripts":
        yield from _below(root / source.target, ("*.sql",))
    else:
        yield _module_file(root, source.target.split(":")[0])
    for path in source.watch:
        yield from _below(path, ("*",))


def _below(path: Path, patterns: Iterable[str]) -> list[Path]:
    if path.is_file():
        return [path]
    found = {file for pattern in patterns for file in path.rglob(pattern) if file.is_file()}
    return sorted(file for file in found if "__pycache__" not in file.parts)


def _alembic_files(ini: Path) -> Iterator[Path]:
    parser = configparser.ConfigParser({"here": str(ini.parent.resolve())})
    try:
        parser.read_string(ini.read_text(encoding="utf-8"))
        location = parser.get("alembic", "script_location")
        versions = parser.get("alembic", "version_locations", fallback="")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise MigrationsUnreadable(source=str(ini), problem=str(error)) from error
    yield ini
    for place in (location, *versions.replace(",", " ").split()):
        yield from _below(_resolve(ini, place), ("*.py", "*.sql"))


def _resolve(ini: Path, place: str) -> Path:
    """Return the folder that Alembic means by a path or by `package:path`."""
    package, colon, inside = place.partition(":")
    if colon and not Path(place).is_absolute():
        return _module_file(ini.parent, package).parent / inside
    path = Path(place) if Path(place).is_absolute() else ini.parent / place
    if not path.is_dir():
        raise MigrationsUnreadable(source=str(ini), problem=f"its folder {path} does not exist")
    return path


def _module_file(root: Path, module: str) -> Path:
    sys.path.insert(0, str(root))
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        spec = None
    finally:
        sys.path.remove(str(root))
    if spec is None or spec.origin is None:
        raise MigrationsUnreadable(source=module, problem="there is no such module")
    return Path(spec.origin)


def _package(name: str) -> str:
    try:
        return f"{name}=={version(name)}"
    except PackageNotFoundError:
        return f"{name} (absent)"


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
