"""Which files hold the project's SQL: its packages and Alembic's revisions, without tests and SQLite's migrations."""

import importlib.util
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from diglot.checks.statements.modules import Broken, Module, parse
from diglot.errors.statements import SourceMissing
from diglot.settings import Settings

_TEST_FOLDERS = frozenset({"tests", "test"})
_IGNORED = frozenset({"__pycache__", "node_modules", "site-packages"})


@dataclass(frozen=True)
class Sources:
    """The files that were read.

    broken: those that cannot be. scripts: SQL files beside the Alembic revisions. left_out: those of SQLite's
    migrations, as paths like the modules'.
    """

    modules: tuple[Module, ...] = ()
    broken: tuple[Broken, ...] = ()
    scripts: tuple[tuple[str, str], ...] = ()
    left_out: frozenset[str] = field(default_factory=frozenset)


def read_sources(settings: Settings, revisions: Iterable[Path]) -> Sources:
    """Read all files; raises SourceMissing (DG913) when nothing says where they are."""
    roots = _roots(settings)
    if not roots:
        raise SourceMissing(
            path=str(settings.path), looked_for="there are neither sources, nor a package that app or metadata names"
        )
    steps = {path.resolve() for path in revisions}
    sqlite = _of_sqlite(settings, roots)
    read: dict[Path, Module | Broken] = {}
    left_out: set[str] = set()
    for root in roots:
        for path in _python_files(root, named=bool(settings.checks.sources)):
            resolved = path.resolve()
            if any(resolved == one or one in resolved.parents for one in sqlite):
                left_out.add(_shown(settings.root, path))
            elif resolved not in read:
                read[resolved] = _parse(settings.root, root, path, migration=resolved in steps)
    for path in sorted(steps - set(read)):
        if path.is_file():
            read[path] = _parse(settings.root, path, path, migration=True)
    found = list(read.values())
    return Sources(
        modules=tuple(one for one in found if isinstance(one, Module)),
        broken=tuple(one for one in found if isinstance(one, Broken)),
        scripts=tuple(_scripts(settings.root, steps)),
        left_out=frozenset(left_out),
    )


def is_test(path: Path) -> bool:
    """Whether a file holds tests, which run on both dialects anyway."""
    name = path.name
    is_named_so = name == "conftest.py" or name.startswith("test_") or name.endswith("_test.py")
    return is_named_so or not _TEST_FOLDERS.isdisjoint(path.parts)


def _roots(settings: Settings) -> list[Path]:
    if settings.checks.sources:
        return [settings.root / one for one in settings.checks.sources]
    named = [one.partition(":")[0].partition(".")[0] for one in (settings.app, settings.metadata) if one]
    found = [_package(settings.root, name) for name in dict.fromkeys(named)]
    return [path for path in found if path is not None]


def _package(root: Path, name: str) -> Path | None:
    """Return the folder or file of a top-level package, which is not imported for that."""
    for base in (root, root / "src"):
        if (base / name).is_dir():
            return base / name
        if (base / f"{name}.py").is_file():
            return base / f"{name}.py"
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        return None
    origin = Path(spec.origin)
    return origin.parent if origin.name == "__init__.py" else origin


def _of_sqlite(settings: Settings, roots: list[Path]) -> list[Path]:
    """Return the files and folders that make SQLite's schema; a folder around a whole source is not meant."""
    source = settings.migrations.get("sqlite")
    if source is None:
        return []
    found = list(source.watch)
    if source.kind == "scripts":
        found.append(settings.root / source.target)
    elif source.kind == "call":
        parts = source.target.partition(":")[0].split(".")
        bases = [settings.root, settings.root / "src", *(root.parent for root in roots)]
        found += [base.joinpath(*parts).with_suffix(".py") for base in bases]
    inside = [root.resolve() for root in roots]
    return [
        path.resolve()
        for path in found
        if not any(path.resolve() == root or path.resolve() in root.parents for root in inside)
    ]


def _python_files(root: Path, *, named: bool) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, below, files in os.walk(root):
        below[:] = sorted(one for one in below if one not in _IGNORED and not one.startswith("."))
        for name in sorted(files):
            path = Path(folder) / name
            tested = is_test(path.relative_to(root)) and not (named and is_test(root))
            if name.endswith(".py") and not tested:
                yield path


def _parse(project: Path, root: Path, path: Path, *, migration: bool) -> Module | Broken:
    return parse(path, _shown(project, path), _dotted(root, path), migration=migration)


def _dotted(root: Path, path: Path) -> str:
    """Return the name by which others import a file: from the source's own name on, when that is a package."""
    base = root.parent if root.is_file() or (root / "__init__.py").is_file() or root.parent.name == "src" else root
    if root.is_dir() and not (root / "__init__.py").is_file() and root.name != "src":
        base = root.parent
    parts = list(path.relative_to(base).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _scripts(project: Path, revisions: Iterable[Path]) -> Iterator[tuple[str, str]]:
    for folder in sorted({path.parent for path in revisions}):
        for path in sorted(folder.rglob("*.sql")):
            yield _shown(project, path), path.read_text(encoding="utf-8", errors="replace")


def _shown(project: Path, path: Path) -> str:
    for one, base in ((path, project), (path.resolve(), project.resolve())):
        if one.is_relative_to(base):
            return one.relative_to(base).as_posix()
    return str(path)
