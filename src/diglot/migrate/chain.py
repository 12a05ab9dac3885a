"""The project's chain of Alembic revisions: what it is, and one step of it on a database.

Alembic runs in a process of its own, which reads the chain once; this side never imports it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import URL

from diglot.errors.migrations import ChainBroken, ConnectionIgnored, NotAlembic
from diglot.migrate.worker import Worker
from diglot.settings import MigrationSource


@dataclass(frozen=True)
class Revision:
    """One revision. down: its direct parents; depends_on: revisions of other branches that must come before it.

    labels: those of its branch, also the inherited ones. title: its docstring's first paragraph, in one line.
    path: relative to the root when below it. line: where the file says `revision = `.
    """

    id: str
    down: tuple[str, ...]
    depends_on: tuple[str, ...]
    labels: tuple[str, ...]
    title: str
    path: str
    line: int

    @property
    def site(self) -> str:
        """The revision's place, as messages name it."""
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Graph:
    """All revisions. revisions: parents before children, the same order on every machine; heads, bases: sorted ids."""

    revisions: tuple[Revision, ...]
    heads: tuple[str, ...]
    bases: tuple[str, ...]


@dataclass(frozen=True)
class RevisionFile:
    """A file that declares a revision, seen by Alembic or not; path: relative to the root when below it."""

    path: str
    revision: str
    line: int
    seen: bool


@dataclass(frozen=True)
class OfflineStatement:
    """One statement that `alembic upgrade --sql` writes, without the semicolon at its end.

    revision: "" before the first and after the last. line: of the call in the revision's file; 0 for Alembic's own.
    """

    sql: str
    revision: str
    path: str
    line: int


class Chain:
    """The revisions behind one ini file; a context manager, whose process ends with it.

    step_timeout_s: seconds that one revision may take.
    Raises NotAlembic (DG210) when the schema is made in another way. Each method raises ChainBroken (DG209),
    StepTimedOut (DG208) and MigratorDied (DG212); after the two last ones the next call starts anew.
    """

    def __init__(self, root: Path, source: MigrationSource, *, step_timeout_s: float = 60.0) -> None:
        if source.kind != "alembic":
            raise NotAlembic(kind=source.kind, target=source.target)
        self._worker = Worker(root, source.target, step_timeout_s=step_timeout_s)
        self._graph: Graph | None = None
        self._kept: URL | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if one was started."""
        self._worker.close()

    def abandon(self) -> None:
        """From another thread: let the step that is being run fail, by the end of its process (MigratorDied)."""
        self._worker.abandon()

    def graph(self) -> Graph:
        """Return all revisions, read once."""
        if self._graph is None:
            found = self._worker.ask("graph", "reading the chain")
            revisions = tuple(_revision(one) for one in found["revisions"])
            self._graph = Graph(revisions, tuple(found["heads"]), tuple(found["bases"]))
        return self._graph

    def files(self) -> tuple[RevisionFile, ...]:
        """Return every file in and below the folders of migrations that declares a revision, sorted by path.

        A revision id that two files have is no error here.
        """
        return tuple(RevisionFile(**one) for one in self._worker.ask("files", "reading the chain"))

    def upgrade(self, url: URL, target: str = "heads") -> None:
        """Bring the database at `url` from where it is up to `target`; raises as `upgrade_one` does."""
        self._on(url, "upgrade", target=target)

    def upgrade_one(self, url: URL, revision: str) -> None:
        """Apply exactly this revision, whose parents must have been applied.

        `DATABASE_URL` is that database while it runs.
        Raises MigrationStepFailed (DG206), ConnectionIgnored (DG203), AsyncDriverMissing (DG213),
        UnknownRevision (DG214).
        """
        self._on(url, "upgrade_one", revision=revision)

    def downgrade_one(self, url: URL, revision: str) -> None:
        """Take exactly this revision back; raises as `upgrade_one` does, and Irreversible (DG207)."""
        self._on(url, "downgrade_one", revision=revision)

    def downgrade(self, url: URL, target: str = "base") -> None:
        """Bring the database down to `target`; raises as `downgrade_one` does."""
        self._on(url, "downgrade", target=target)

    def offline(self, revision: str | None = None) -> tuple[OfflineStatement, ...]:
        """Return the SQL of one revision's upgrade, or of the whole chain's from base to heads; nothing connects.

        Raises MigrationStepFailed (DG206) when a revision asks a database, OfflineRefused (DG211) when env.py does.
        """
        found = self._worker.ask("offline", "env.py offline", revision=revision)
        return tuple(OfflineStatement(**one) for one in found)

    @contextmanager
    def keeping(self, url: URL) -> Iterator[None]:
        """Keep the connection to one database open between steps on it, which makes them twice as fast.

        Meanwhile it cannot be copied, for it is connected to. Each step still finds the session as a new one.
        """
        self._kept = url
        try:
            yield
        finally:
            self._kept = None
            if self._worker.is_running:
                self._worker.ask("let_go", "closing a connection")

    def _on(self, url: URL, order: str, **arguments: str) -> None:
        """Give an order; where the project still has an earlier database in mind, again in a process of its own."""
        try:
            self._ask(url, order, **arguments)
        except (ChainBroken, ConnectionIgnored):
            if self._worker.born_with == url or self._worker.reached:
                raise
            self._worker.kill()
            self._ask(url, order, **arguments)
            self._worker.one_database = True

    def _ask(self, url: URL, order: str, **arguments: str) -> None:
        self._worker.ask(order, "env.py, before any revision", url, keep=url == self._kept, **arguments)


def _revision(told: Mapping[str, Any]) -> Revision:
    lists = {name: tuple(told[name]) for name in ("down", "depends_on", "labels")}
    return Revision(**{**told, **lists})
