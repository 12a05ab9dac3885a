"""Both databases with the planted schema, apart from the project's own."""

from collections.abc import Iterator
from contextlib import contextmanager

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis.configuration import set_hypothesis_home_dir

from diglot.dialects import postgresql, sqlite
from diglot.dialects.dialect import Dialect
from diglot.differential import Lockstep
from diglot.isolation.facade import Diglot
from diglot.isolation.rewind import PostgresSource, Rewind, SqliteSource
from diglot.provision.postgres import PostgresServer
from tests.diglot.differential.planted import Base

REPEATABLE = hypothesis.settings(derandomize=True, database=None, max_examples=300)


@pytest.fixture(scope="session", autouse=True)
def _hypothesis_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what Hypothesis writes out of the checkout, also where a test calls it by itself."""
    set_hypothesis_home_dir(tmp_path_factory.mktemp("hypothesis"))
    yield
    set_hypothesis_home_dir(None)


@pytest.fixture(scope="session")
def planted_rewinds(
    diglot_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Rewind]]:
    """A rewind of each dialect on the planted schema."""

    def create() -> sa.URL:
        url = postgresql.with_driver(diglot_server.create_database("worker", empty=True), "psycopg2")
        _create_tables(url)
        return url

    path = tmp_path_factory.mktemp("planted") / "template.sqlite3"
    _create_tables(sa.URL.create("sqlite", database=str(path)))
    rewinds = {
        "sqlite": Rewind(SqliteSource(path.read_bytes())),
        "postgresql": Rewind(PostgresSource(create, diglot_server.drop_database)),
    }
    yield rewinds
    for rewind in rewinds.values():
        rewind.close()


@pytest.fixture
def lockstep(planted_rewinds: dict[str, Rewind]) -> Iterator[Lockstep]:
    """Both databases, as the template is."""

    @contextmanager
    def lend(name: str) -> Iterator[Diglot]:
        rewind = planted_rewinds[name]
        try:
            yield Diglot(_dialect(name), rewind.engine, rewind.url, "rewind", rewind.statements)
        finally:
            escaped = rewind.finish()
        if escaped is not None:
            raise escaped

    lockstep = Lockstep(lend, Base.metadata.tables)
    yield lockstep
    lockstep.close()


@pytest.fixture
def forgetful(planted_rewinds: dict[str, Rewind]) -> Iterator[Lockstep]:
    """Both databases, of which SQLite's does not go back to the template's state."""

    @contextmanager
    def lend(name: str) -> Iterator[Diglot]:
        rewind = planted_rewinds[name]
        yield Diglot(_dialect(name), rewind.engine, rewind.url, "rewind", rewind.statements)
        if name == "postgresql":
            rewind.finish()

    lockstep = Lockstep(lend, Base.metadata.tables)
    yield lockstep
    lockstep.close()
    planted_rewinds["sqlite"].finish()


def _dialect(name: str) -> Dialect:
    return sqlite.dialect() if name == "sqlite" else Dialect("postgresql", "18", "psycopg2")


def _create_tables(url: sa.URL) -> None:
    engine = sa.create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
