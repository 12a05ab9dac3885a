"""What checks share: one server, databases of their own on it, the project's chain, metadata and SQLite schema.

Everything is made when it is first asked for, and once: a run of all checks migrates one database to the heads,
not one for each check.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import URL, MetaData, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from diglot.checks.options import PLAIN, Options
from diglot.dialects import postgresql
from diglot.errors.checks import MetadataMissing, SchemaNotMade
from diglot.loading import load_object
from diglot.migrate.chain import Chain
from diglot.migrate.program import migrate
from diglot.provision.cachedir import CacheDirectory
from diglot.provision.postgres import PostgresServer
from diglot.provision.sqlite import sqlite_template
from diglot.settings import MigrationSource, Settings

Tell = Callable[[str], None]


def _silence(_text: str) -> None:
    """Tell nobody."""


class Workbench:
    """What a check works with.

    open_server: gives the server, when a check needs one; whoever gave it closes it.
    options: what the run asks for beside the checks' names.
    tell: takes one short line about what is being done now (`stairway: 12 of 200, 3f2a9c add trades`).
    """

    def __init__(
        self,
        settings: Settings,
        open_server: Callable[[], PostgresServer],
        options: Options = PLAIN,
        tell: Tell = _silence,
    ) -> None:
        self.settings, self.options, self.tell = settings, options, tell
        self._open_server = open_server
        self._opened = ExitStack()

    def close(self) -> None:
        """Drop the databases and end the chain's process."""
        self._opened.close()

    # -- databases -----------------------------------------------------------------------------

    @cached_property
    def server(self) -> PostgresServer:
        """The Postgres server; raises whatever keeps it from being there."""
        return self._open_server()

    @contextmanager
    def empty_database(self) -> Iterator[URL]:
        """Yield an empty database, for the project's driver; it is dropped at the end."""
        with self._dropped(self.server.create_database("check", empty=True)) as url:
            yield url

    @contextmanager
    def copy(self, url: URL) -> Iterator[URL]:
        """Yield a copy of a database of ours, to which nobody may be connected meanwhile; dropped at the end."""
        with self._dropped(self.server.create_database("check", copy_of=url)) as copied:
            yield copied

    @contextmanager
    def start_database(self) -> Iterator[URL]:
        """Yield a database as the chain begins on, empty or with what `before` makes; it is dropped at the end."""
        with self._dropped(self.create_start()) as url:
            yield url

    def create_start(self) -> URL:
        """Create a database as the chain begins on; whoever asks for it drops it."""
        return self.server.create_database("check", empty=self.ground is None, copy_of=self.ground)

    @cached_property
    def ground(self) -> URL | None:
        """A database with what `before` makes; None for a chain that begins on nothing."""
        before = self.settings.migration_source("postgresql").before
        if before is None:
            return None
        url = self._opened.enter_context(self.empty_database())
        migrate(self.settings.root, MigrationSource("call", before), url)
        return url

    @contextmanager
    def connect(self, url: URL) -> Iterator[Any]:
        """Yield a psycopg2 connection in autocommit to a database of ours."""
        connection = postgresql.connect_admin(url.set(drivername="postgresql"), application_name="diglot check")
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _dropped(self, url: URL) -> Iterator[URL]:
        try:
            yield url
        finally:
            self.server.drop_database(url)

    # -- schemas -------------------------------------------------------------------------------

    @cached_property
    def chain(self) -> Chain:
        """The project's Alembic revisions, in one process for all checks; raises NotAlembic (DG210) without any."""
        source = self.settings.migration_source("postgresql")
        timeout_s = self.settings.checks.step_timeout_s
        return self._opened.enter_context(Chain(self.settings.root, source, step_timeout_s=timeout_s))

    @cached_property
    def migrated(self) -> URL:
        """A database that the project's migrations brought to their end; to be read, not changed."""
        source = self.settings.migration_source("postgresql")
        url = self._opened.enter_context(self.start_database())
        if source.kind == "alembic":
            self.chain.upgrade(url)
        else:
            migrate(self.settings.root, source, url)
        return url

    @cached_property
    def declared(self) -> URL:
        """A database that the metadata's own `create_all` made; to be read, not changed."""
        url = self._opened.enter_context(self.empty_database())
        engine = create_engine(url, poolclass=NullPool)
        try:
            self.metadata.create_all(engine)
        except SQLAlchemyError as error:
            problem = str(getattr(error, "orig", None) or error)
            raise SchemaNotMade(problem=" ".join(problem.split())) from error
        return url

    @cached_property
    def metadata(self) -> MetaData:
        """The project's metadata; raises MetadataMissing (DG902), ImportFailed (DG108)."""
        path = str(self.settings.path)
        if self.settings.metadata is None:
            raise MetadataMissing(path=path)
        found = load_object(self.settings.metadata, said_in="[tool.diglot] metadata")
        found = getattr(found, "metadata", found)
        if not isinstance(found, MetaData):
            raise MetadataMissing(path=path, found=type(found).__name__)
        return found

    @cached_property
    def sqlite(self) -> Path:
        """The file of the migrated SQLite template; to be read, not changed."""
        folder = CacheDirectory.default().folder("sqlite")
        return sqlite_template(self.settings.root, self.settings.migration_source("sqlite"), folder).path
