"""Everything that one process of a run provides to its tests: templates, a server, sandboxes."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from diglot.choice import Choice
from diglot.dialects import postgresql, sqlite
from diglot.dialects.dialect import Dialect
from diglot.isolation.clone import Clone, postgres_clone, sqlite_clone
from diglot.isolation.facade import Diglot
from diglot.isolation.rewind import PostgresSource, Rewind, SqliteSource
from diglot.provision.cachedir import CacheDirectory
from diglot.provision.postgres import PostgresServer, open_postgres
from diglot.provision.sqlite import SqliteTemplate, sqlite_template
from diglot.settings import Settings

UNKNOWN_VERSION = "?"


class Databases:
    """One process's databases, each made when it is first needed.

    worker: a short name that is unique among the processes of this run.
    """

    def __init__(self, settings: Settings, choice: Choice, worker: str) -> None:
        self.settings = settings
        self.choice = choice
        self._worker = worker
        self._rewinds: dict[str, Rewind] = {}
        self._clones = 0
        self._clones_wanted = 0
        self.keep_next = False
        self.kept: list[str] = []
        self._server: Future[PostgresServer] | None = None

    def expect_clones(self, count: int) -> None:
        """Say how many Postgres clones this process's tests will ask for, so that they can be prepared."""
        self._clones_wanted = count

    # -- what there is -------------------------------------------------------------------------

    def start_postgres(self) -> None:
        """Begin to open the server in the background; `postgres` waits for it.

        The driver is imported here meanwhile, since the background thread mostly waits.
        """
        if self._server is None:
            self._server = Future()
            threading.Thread(target=self._open_postgres, args=(self._server,), daemon=True).start()
            postgresql.preload(self.settings.driver)

    @property
    def postgres(self) -> PostgresServer:
        """The server with its migrated template; raises whatever kept it from being there."""
        self.start_postgres()
        assert self._server is not None  # noqa: S101 - start_postgres has just set it
        return self._server.result()

    @cached_property
    def sqlite(self) -> SqliteTemplate:
        """The migrated SQLite template."""
        folder = CacheDirectory.default().folder("sqlite")
        source = self.settings.migration_source("sqlite")
        return sqlite_template(self.settings.root, source, folder, fresh=self.choice.fresh_template)

    def dialect(self, name: str) -> Dialect:
        """Return what `name` is in this run, with its version."""
        return sqlite.dialect() if name == "sqlite" else self.postgres.dialect

    def version_if_known(self, name: str) -> str:
        """Return the dialect's version, or UNKNOWN_VERSION for a server that is not open."""
        if name == "sqlite":
            return sqlite.dialect().version
        server = self._server
        is_open = server is not None and server.done() and server.exception() is None
        return self.postgres.dialect.version if is_open else UNKNOWN_VERSION

    def describe(self, name: str) -> str:
        """Return a dialect's part of the header line."""
        if name == "postgresql":
            return self.postgres.describe()
        template = self.sqlite
        state = "cached" if template.cached else f"built in {template.built_s:.2f} s"
        return f"{sqlite.dialect()} (memory, template {template.digest[:6]} {state})"

    # -- what a test gets ----------------------------------------------------------------------

    @contextmanager
    def lend(self, name: str, isolation: str) -> Iterator[Diglot]:
        """Yield a database on the dialect `name` that is as the template is, for one test.

        Raises EscapedTransaction (DG401) after the test when it left its sandbox.
        """
        use = self._rewound if isolation == "rewind" else self._cloned
        with (self._kept if self.keep_next else use)(name) as database:
            yield database

    @contextmanager
    def _rewound(self, name: str) -> Iterator[Diglot]:
        rewind = self._rewinds.get(name)
        if rewind is None:
            rewind = self._rewinds[name] = Rewind(self._source(name))
        try:
            yield Diglot(self.dialect(name), rewind.engine, rewind.url, "rewind", rewind.statements)
        finally:
            escaped = rewind.finish()
        if escaped is not None:
            raise escaped

    @contextmanager
    def _cloned(self, name: str) -> Iterator[Diglot]:
        clone = self._clone(name)
        try:
            yield Diglot(self.dialect(name), clone.engine, clone.url, "clone", clone.statements)
        finally:
            clone.finish()

    @contextmanager
    def _kept(self, name: str) -> Iterator[Diglot]:
        """A clone that stays, with the command to open it."""
        if name == "sqlite":
            folder = CacheDirectory.default().folder("kept")
            path = folder / f"{self._worker}-{len(self.kept) + 1}.sqlite3"
            clone = sqlite_clone(self.sqlite.content, path)
            self.kept.append(f"Look into it: sqlite3 {path}")
        else:
            url = self.postgres.create_database("kept")
            clone = postgres_clone(url, lambda: None)
            self.kept.append(f"Look into it: {self.postgres.shell_command(url)}")
        try:
            yield Diglot(self.dialect(name), clone.engine, clone.url, "clone", clone.statements)
        finally:
            clone.engine.dispose()

    def _source(self, name: str) -> SqliteSource | PostgresSource:
        if name == "sqlite":
            return SqliteSource(self.sqlite.content)
        server = self.postgres
        return PostgresSource(lambda: server.create_database("worker"), server.drop_database)

    def _clone(self, name: str) -> Clone:
        self._clones += 1
        if name == "sqlite":
            return sqlite_clone(self.sqlite.content, self._folder / f"clone{self._clones}.sqlite3")
        server = self.postgres
        self._clones_wanted -= 1
        url = server.take_clone(more=self._clones_wanted > 0)
        return postgres_clone(url, lambda: server.give_back_clone(url))

    @cached_property
    def _folder(self) -> Path:
        return Path(self._temporary.name)

    @cached_property
    def _temporary(self) -> "tempfile.TemporaryDirectory[str]":
        return tempfile.TemporaryDirectory(prefix="diglot-", ignore_cleanup_errors=True)

    # -- the end -------------------------------------------------------------------------------

    def close(self) -> None:
        """Give everything back; the server goes when its last user has gone."""
        for name, rewind in self._rewinds.items():
            rewind.close(discard=name == "sqlite" or self.postgres.outlives_us)
        self._rewinds.clear()
        if "_temporary" in self.__dict__:
            self._temporary.cleanup()
        if self._server is not None and self._server.exception() is None:
            self._server.result().close()

    def _open_postgres(self, promise: "Future[PostgresServer]") -> None:
        _settle(promise, lambda: open_postgres(self.settings, self.choice, self._worker))


def _settle(promise: "Future[PostgresServer]", make: Callable[[], PostgresServer]) -> None:
    try:
        promise.set_result(make())
    except BaseException as error:  # noqa: BLE001 - whoever waits for the server raises it
        promise.set_exception(error)
