"""An empty Alembic project, an empty database for it, and what can be asked of that database."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.migrate.chain import Chain
from diglot.provision.postgres import PostgresServer
from tests.diglot.checks.alembic_projects import AlembicProject

Ask = Callable[..., list[tuple[object, ...]]]


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """A project without a revision."""
    return AlembicProject(tmp_path / "project")


@pytest.fixture
def chain(project: AlembicProject) -> Iterator[Chain]:
    """The project's chain, in which a step may take long enough."""
    with Chain(project.folder, project.source(), step_timeout_s=30) as opened:
        yield opened


@pytest.fixture
def hasty_chain(project: AlembicProject) -> Iterator[Chain]:
    """The project's chain, in which no step may take longer than two seconds."""
    with Chain(project.folder, project.source(), step_timeout_s=2) as opened:
        yield opened


@pytest.fixture
def database(diglot_server: PostgresServer) -> Iterator[URL]:
    """An empty database."""
    url = diglot_server.create_database("check", empty=True)
    yield url
    diglot_server.drop_database(url)


@pytest.fixture
def other_database(diglot_server: PostgresServer) -> Iterator[URL]:
    """Somebody's database, which nobody handed over."""
    url = diglot_server.create_database("check", empty=True)
    yield url
    diglot_server.drop_database(url)


@pytest.fixture
def can_be_copied(database: URL, diglot_server: PostgresServer) -> Callable[[], bool]:
    """Copy the database, which Postgres refuses while anybody stays connected; who is just leaving is waited for."""

    def copied() -> bool:
        diglot_server.drop_database(diglot_server.create_database("check", copy_of=database))
        return True

    return copied


@pytest.fixture
def ask(database: URL) -> Ask:
    """Return what a query says on the database, or on another one."""

    def rows(sql: str, url: URL = database) -> list[tuple[object, ...]]:
        with closing(postgresql.connect_admin(url.set(drivername="postgresql"))) as connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            return list(cursor.fetchall())

    return rows
