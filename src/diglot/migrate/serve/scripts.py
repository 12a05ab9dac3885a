"""The chain's files: read once, and what is wrong with them when they cannot be."""

import configparser
import heapq
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import cast

from alembic.config import Config
from alembic.script import Script, ScriptDirectory
from alembic.script.revision import CycleDetected
from alembic.util import CommandError, coerce_resource_to_filename

from diglot.migrate.chain import Graph, Revision, RevisionFile
from diglot.migrate.serve.failure import Failure, raised_in, shown, title_of, told_by

_DECLARED = re.compile(r"""^revision\b[^=\n]*=\s*\(?\s*["'](?P<id>[^"']+)["']""", re.MULTILINE)
_DOWN = re.compile(r"^(?:down_revision|depends_on)\b[^=\n]*=(?P<text>.*(?:\n[ \t)].*)*)", re.MULTILINE)
_WORDS = frozenset({"base", "head", "heads"})
_TWICE = re.compile(r"Revision (\S+) is present more than once")


class Scripts:
    """The revisions behind one ini file, and where their files are."""

    def __init__(self, root: Path, ini: str) -> None:
        self.root, self._ini = root, root / ini
        self._twice: list[str] = []
        self._sites: dict[str, tuple[str, int]] = {}

    def config(self) -> Config:
        """Return the configuration anew, for env.py may change it."""
        return Config(str(self._ini))

    @cached_property
    def directory(self) -> ScriptDirectory:
        """The folder of migrations, whose revisions have not been read; fails with ChainBroken."""
        if not self._ini.is_file():
            raise self._broken(self._ini, 0, "there is no such file", "correct the path in [tool.diglot.postgresql]")
        try:
            directory = ScriptDirectory.from_config(self.config())
        except (CommandError, configparser.Error, ImportError, ValueError) as error:
            problem, _ = told_by(error)
            raise self._broken(
                self._ini, 0, problem, "write `script_location = %(here)s/migrations`, your folder, under [alembic]"
            ) from error
        if not self.env_file(directory).is_file():
            problem = "there is no env.py in the folder that script_location names"
            fix = "correct script_location, or write one with `alembic init`"
            raise self._broken(self.env_file(directory), 0, problem, fix)
        return directory

    @cached_property
    def chain(self) -> ScriptDirectory:
        """The folder of migrations with its revisions read; fails with ChainBroken."""
        directory = self._read()
        if self._twice:
            id_ = self._twice[0]
            files = [one for one in self._declarations() if one[1] == id_]
            others = " and ".join(shown(path, self.root) for path, _, _ in files)
            problem = (
                f"the revision id {id_!r} is in two files, {others}, and Alembic drops one of them without a word"
            )
            raise self._broken(files[-1][0], files[-1][2], problem, "give one of them an id of its own")
        return directory

    @property
    def env(self) -> Path:
        """The path of env.py."""
        return self.env_file(self.directory)

    @staticmethod
    def env_file(directory: ScriptDirectory) -> Path:
        """Return the path under which env.py is loaded."""
        return Path(directory.env_py_location)

    def get(self, revision: str) -> Script:
        """Return one revision by its id; fails with UnknownRevision."""
        try:
            found = self.chain.get_revision(revision)
        except CommandError as error:
            raise Failure("UnknownRevision", revision=revision, source=shown(self._ini, self.root)) from error
        return found

    def graph(self) -> Graph:
        """Return the chain as this project's own facts, parents before children."""
        scripts = {one.revision: one for one in self.chain.walk_revisions()}
        heads, bases = self.chain.get_heads(), self.chain.get_bases()
        ordered = tuple(self._revision(scripts[id_]) for id_ in self._ordered(scripts))
        return Graph(ordered, tuple(sorted(heads)), tuple(sorted(bases)))

    def files(self) -> tuple[RevisionFile, ...]:
        """Return every file that declares a revision, sorted by path; fails with ChainBroken, but not for a twin."""
        loaded = {Path(one.path).resolve() for one in self._read().walk_revisions()}
        return tuple(
            RevisionFile(shown(path, self.root), id_, line, path.resolve() in loaded or self._is_twin(path, id_))
            for path, id_, line in self._declarations()
        )

    def site(self, script: Script) -> tuple[str, int]:
        """Return a revision's path, relative to the root when below it, and the line that declares it."""
        if script.path not in self._sites:
            found = _declaration(Path(script.path))
            self._sites[script.path] = (shown(script.path, self.root), found[1] if found else 1)
        return self._sites[script.path]

    def _read(self) -> ScriptDirectory:
        directory = self.directory
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                ids = [one.revision for one in directory.walk_revisions()]
            except BaseException as error:
                self._refuse_words(id_ for _, id_, _ in self._declarations())
                raise self._unreadable(error, [str(one.message) for one in caught]) from error
        self._refuse_words(ids)
        told = [_TWICE.search(str(one.message)) for one in caught]
        self._twice += [found[1] for found in told if found]
        return directory

    def _refuse_words(self, ids: Iterable[str]) -> None:
        """Fail when a revision has for its id what Alembic takes for a place in the chain."""
        for id_ in _WORDS.intersection(ids):
            path, line = self._declared(id_)
            problem = f"the revision id {id_!r} is a word of Alembic's own, for a place in the chain"
            raise self._broken(path, line, problem, "give the revision another id")

    def _unreadable(self, error: BaseException, told: list[str]) -> Failure:
        """Say which file keeps the chain from being read."""
        cause = error.__cause__ if isinstance(error, CommandError) and error.__cause__ is not None else error
        problem, _ = told_by(cause)
        if isinstance(cause, SyntaxError) and cause.filename:
            return self._broken(Path(cause.filename), cause.lineno or 0, problem, "correct the line")
        if isinstance(cause, CycleDetected):
            ring = ", ".join(sorted(cause.revisions))
            path, line = self._declared(min(cause.revisions))
            return self._broken(path, line, f"the revisions {ring} form a ring", "correct their down_revision")
        if isinstance(cause, KeyError) and cause.args:
            absent = str(cause.args[0])
            path, line = self._naming(absent)
            problem = f"it comes after revision {absent!r}, which no file declares"
            return self._broken(path, line, problem, "bring the missing file back, or correct down_revision")
        file = getattr(getattr(cause, "obj", None), "__file__", None)
        if isinstance(cause, AttributeError) and cause.name and file:
            return self._broken(Path(file), 0, f"it has no {cause.name}", f"write `{cause.name} = ...` into the file")
        path_text, line = raised_in(cause, self._folders())
        return self._broken(Path(path_text or self._ini), line, "; ".join([problem, *told]), "correct the file")

    def _broken(self, path: Path, line: int, problem: str, fix: str) -> Failure:
        return Failure("ChainBroken", path=shown(path, self.root), line=line, problem=problem, fix=fix)

    def _folders(self) -> list[Path]:
        """The folders of migrations: those of versions, and the one that has env.py."""
        folders = [coerce_resource_to_filename(one).absolute() for one in self.directory.version_locations]
        return [*(folders or [Path(self.directory.dir, "versions").absolute()]), Path(self.directory.dir).absolute()]

    def _is_twin(self, path: Path, id_: str) -> bool:
        """Whether Alembic read the file and then dropped it for another with the same id."""
        return id_ in self._twice and path.parent in self._folders()

    def _declarations(self) -> list[tuple[Path, str, int]]:
        """Path, revision id and line of every file that declares one, wherever it is in the folders."""
        files = {file for folder in self._folders() for file in folder.rglob("*.py") if file.is_file()}
        found = [(file, _declaration(file)) for file in sorted(files)]
        return [(file, *one) for file, one in found if one]

    def _declared(self, id_: str) -> tuple[Path, int]:
        """Where a revision is declared."""
        return next(((path, line) for path, one, line in self._declarations() if one == id_), (self._ini, 0))

    def _naming(self, id_: str) -> tuple[Path, int]:
        """Where a revision is named as one that comes before."""
        for path, _, _ in self._declarations():
            text = _text(path)
            for found in _DOWN.finditer(text):
                if re.search(rf"""["']{re.escape(id_)}["']""", found["text"]):
                    return path, text.count("\n", 0, found.start()) + 1
        return self._ini, 0

    def _ordered(self, scripts: dict[str, Script]) -> Iterator[str]:
        """Parents before children; of those that could come next, the one whose file's name is first."""
        waiting = {id_: set(self._parents(script)) for id_, script in scripts.items()}
        children: dict[str, list[str]] = {id_: [] for id_ in scripts}
        for id_, parents in waiting.items():
            for parent in parents:
                children[parent].append(id_)
        ready = [(scripts[id_].path, id_) for id_, parents in waiting.items() if not parents]
        heapq.heapify(ready)
        while ready:
            _, done = heapq.heappop(ready)
            yield done
            for child in children[done]:
                waiting[child].discard(done)
                if not waiting[child]:
                    heapq.heappush(ready, (scripts[child].path, child))

    def _parents(self, script: Script) -> tuple[str, ...]:
        return (*_texts(script.down_revision), *self._depends_on(script))

    def _depends_on(self, script: Script) -> tuple[str, ...]:
        """The ids of the revisions that it depends on, which its file may name by a label."""
        return tuple(self.get(name).revision for name in _texts(script.dependencies))

    def _revision(self, script: Script) -> Revision:
        path, line = self.site(script)
        down = _texts(script.down_revision)
        labels = tuple(sorted(script.branch_labels))
        return Revision(script.revision, down, self._depends_on(script), labels, title_of(script), path, line)


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(cast("list[str]", value))


def _declaration(path: Path) -> tuple[str, int] | None:
    """The id that a file declares, and the line; None for a file that is no revision."""
    text = _text(path)
    found = _DECLARED.search(text)
    if found is None or "down_revision" not in text:
        return None
    return found["id"], text.count("\n", 0, found.start()) + 1


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
