"""The fixture with which a test is a check: `diglot_check("drift")` fails with what the check found."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from diglot.checks.registry import chosen
from diglot.checks.run import run_checks
from diglot.checks.shown import details, headline, problem_lines
from diglot.checks.workbench import Workbench
from diglot.errors.base import DiglotError
from diglot.errors.migrations import MigrationFailed
from diglot.parity.divergences import Accepted
from diglot.plugin.databases import Databases
from diglot.plugin.fixtures import DATABASES
from diglot.provision.postgres import PostgresServer, open_bare_postgres


@pytest.fixture(scope="session")
def _diglot_workbench(request: pytest.FixtureRequest) -> Iterator[Workbench]:
    """What all checks of this process share; skips when Postgres was not selected."""
    databases = request.config.stash[DATABASES]
    if "postgresql" not in databases.choice.dialects:
        pytest.skip("postgresql was not selected, and checks need it: see --dialect and DATABASE_URL")
    with ExitStack() as opened, closing(Workbench(databases.settings, lambda: _server(databases, opened))) as bench:
        yield bench


@pytest.fixture
def diglot_check(_diglot_workbench: Workbench) -> Callable[[str], None]:
    """Run one check; the test fails with every finding that nobody has accepted, its facts and its fix."""
    bench = _diglot_workbench

    def check(name: str) -> None:
        try:
            accepted = Accepted.read(bench.settings.root / bench.settings.divergences)
            report = run_checks(chosen([name]), bench, accepted, today=dt.datetime.now(dt.UTC).date())
        except DiglotError as error:
            pytest.fail(str(error), pytrace=False)
        if not report.holds:
            told = [line for run in report.runs for line in (headline(run), *details(run))]
            pytest.fail("\n".join([*told, *problem_lines(report)]), pytrace=False)

    return check


def _server(databases: Databases, opened: ExitStack) -> PostgresServer:
    """The run's own server; when the project's template cannot be built, one without it: a check says why."""
    try:
        return databases.postgres
    except MigrationFailed:
        return opened.enter_context(closing(open_bare_postgres(databases.settings, databases.choice, "check")))
