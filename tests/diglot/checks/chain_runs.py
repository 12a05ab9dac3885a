"""Run one check of the chain on a generated project, and say what it found in a word for each finding."""

from types import ModuleType

from alembic_projects import AlembicProject

from diglot.checks.finding import Finding, Outcome
from diglot.checks.workbench import Workbench
from diglot.provision.postgres import PostgresServer
from diglot.settings import Settings

TABLE = "op.execute('CREATE TABLE trades (id int PRIMARY KEY, name varchar(50) NOT NULL, amount numeric(10, 2))')"
NO_TABLE = "op.drop_table('trades')"


def run_check(
    check: ModuleType, project: AlembicProject, server: PostgresServer, *, settings: Settings | None = None
) -> Outcome:
    """Return what a check says of a project."""
    outcome, _ = run_and_listen(check, project, server, settings=settings)
    return outcome


def run_and_listen(
    check: ModuleType, project: AlembicProject, server: PostgresServer, *, settings: Settings | None = None
) -> tuple[Outcome, list[str]]:
    """Return what a check says of a project, and the lines that it told meanwhile."""
    told: list[str] = []
    bench = Workbench(settings or project.settings(), lambda: server, tell=told.append)
    try:
        outcome: Outcome = check.run(bench)
    finally:
        bench.close()
    return outcome, told


def found(outcome: Outcome) -> list[tuple[str, str]]:
    """Return each finding's kind, without the check's name, and its subject."""
    return [(one.kind.partition(".")[2], one.subject) for one in outcome.findings]


def facts(finding: Finding) -> dict[str, str]:
    """Return a finding's facts by label."""
    return dict(finding.facts)
