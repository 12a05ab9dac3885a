"""The fixture for both databases at once; what drives them is in `diglot.differential`."""

from collections.abc import Iterator

import pytest
from sqlalchemy import MetaData, Table

from diglot import differential
from diglot.errors.base import DiglotError
from diglot.errors.differential import LockstepShared
from diglot.loading import load_object
from diglot.plugin import markers
from diglot.plugin.fixtures import DATABASES, FIXTURE
from diglot.settings import DIALECTS, Settings


@pytest.fixture
def diglot_lockstep(request: pytest.FixtureRequest) -> Iterator["differential.Lockstep"]:
    """Both databases at once, for one test that runs once; skips when one of the dialects was not selected."""
    databases = request.config.stash[DATABASES]
    missing = [name for name in DIALECTS if name not in databases.choice.dialects]
    if missing:
        pytest.skip(f"{missing[0]} was not selected, and both are needed: see --dialect and DATABASE_URL")
    if FIXTURE in request.fixturenames:
        raise LockstepShared(test=request.node.nodeid)
    isolation = markers.isolation(request.node, request.node.nodeid) or databases.choice.isolation

    def say(text: str) -> None:
        request.node.add_report_section("call", "diglot", text)

    try:
        lockstep = differential.Lockstep(
            lambda name: databases.lend(name, isolation), _tables(databases.settings), say
        )
    except DiglotError as error:
        pytest.fail(str(error), pytrace=False)
    yield lockstep
    lockstep.close()


def _tables(settings: Settings) -> dict[str, Table]:
    """Return the tables of the project's metadata, by name; none when it names no metadata."""
    if settings.metadata is None:
        return {}
    metadata = load_object(settings.metadata, said_in="[tool.diglot] metadata")
    return dict(metadata.tables) if isinstance(metadata, MetaData) else {}
