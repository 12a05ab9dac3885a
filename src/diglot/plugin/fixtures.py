"""The fixtures: each is a noun with a lifetime."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from diglot.client import Client, client_for
from diglot.errors.base import DiglotError
from diglot.errors.settings import SettingsMissing
from diglot.isolation.facade import Diglot
from diglot.plugin import markers
from diglot.plugin.application import bind
from diglot.plugin.databases import Databases
from diglot.plugin.halves import Recording
from diglot.provision.postgres import PostgresServer

DATABASES = pytest.StashKey[Databases]()
RECORDING = pytest.StashKey[Recording]()
LAST = pytest.StashKey[Diglot]()
FIXTURE = "_diglot_dialect"


@pytest.fixture
def _diglot_dialect(request: pytest.FixtureRequest) -> str:
    """The name of the dialect that this run of the test is for."""
    name: str = request.param
    return name


@pytest.fixture
def diglot(request: pytest.FixtureRequest, _diglot_dialect: str) -> Iterator[Diglot]:
    """The test's own migrated database on one dialect, gone or rewound after the test."""
    databases = request.config.stash[DATABASES]
    only = markers.only_on(request.node, request.node.nodeid)
    dialect = databases.dialect(_diglot_dialect)
    if only is not None and not only.requirements.fits_version(dialect.version):
        pytest.skip(f"only on {only.dialect}{only.requirements.specifier}, this is {dialect.version}: {only.reason}")
    isolation = markers.isolation(request.node, request.node.nodeid) or databases.choice.isolation
    with databases.lend(_diglot_dialect, isolation) as database:
        request.node.stash[LAST] = database
        recording = request.config.stash.get(RECORDING, None)
        with nullcontext() if recording is None else recording.of(request.node, database):
            yield database


@pytest.fixture
def diglot_app(request: pytest.FixtureRequest, diglot: Diglot) -> Callable[..., Any]:
    """The application under test, bound to the test's database; override it to hand in more."""
    settings = request.config.stash[DATABASES].settings
    if settings.app is None:
        raise SettingsMissing(path=str(settings.path), key="[tool.diglot] app")
    return bind(settings.app, diglot.engine)


@pytest.fixture
def diglot_client(diglot_app: Callable[..., Any]) -> Iterator[Client]:
    """An `httpx.Client` whose requests go to the application, in process."""
    with client_for(diglot_app) as client:
        yield client


@pytest.fixture(scope="session")
def diglot_server(request: pytest.FixtureRequest) -> PostgresServer:
    """The run's Postgres server, with its address and version; skips when Postgres was not selected."""
    databases = request.config.stash[DATABASES]
    if "postgresql" not in databases.choice.dialects:
        pytest.skip("postgresql was not selected: see --dialect and DATABASE_URL")
    try:
        return databases.postgres
    except DiglotError as error:
        pytest.fail(str(error), pytrace=False)
