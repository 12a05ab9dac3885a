"""`diglot check idempotent`: a second upgrade changes nothing."""

from dataclasses import replace
from pathlib import Path

import pytest
from alembic_projects import AlembicProject
from chain_runs import NO_TABLE, TABLE, facts, found, run_check

from diglot.checks.suite import idempotent
from diglot.provision.postgres import PostgresServer
from diglot.settings import MigrationSource

ENV = '''\
"""Run the migrations, and something after them."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
    connection.exec_driver_sql("""{sql}""")
'''


VIEW = """
    DO $$ BEGIN EXECUTE 'CREATE VIEW v' || (SELECT count(*) FROM pg_views WHERE schemaname = 'public')
        || ' AS SELECT 1 AS x'; END $$
"""


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """A project with one revision, which makes the table `trades`."""
    made = AlembicProject(tmp_path / "project")
    made.add("first", None, TABLE, NO_TABLE)
    return made


def test_idempotent_finds_nothing_in_a_plain_env(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """Without code outside the revisions the second upgrade does nothing, with rows in every table."""
    outcome = run_check(idempotent, project, diglot_server)

    assert (outcome.findings, outcome.not_done) == ((), ())
    assert dict(outcome.looked_at) == {"revisions": "1", "rows": "3"}


@pytest.mark.parametrize(
    ("sql", "subject", "after"),
    [
        ("INSERT INTO trades SELECT count(*), 'x' FROM trades", "table trades", "rows"),
        ("DELETE FROM trades", "table trades", "3 rows not the same any more"),
        ("UPDATE trades SET name = 'x'", "table trades, column name", "3 rows not the same any more"),
        (
            VIEW,
            "view v1",
            "SELECT 1 AS x",
        ),
    ],
)
def test_idempotent_names_what_env_changes_each_time(
    sql: str, subject: str, after: str, project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """Rows and objects that the second upgrade adds, changes or removes are named."""
    project.env(ENV.format(sql=sql))

    outcome = run_check(idempotent, project, diglot_server)

    assert found(outcome) == [("changes", subject)]
    assert after in facts(outcome.findings[0])["after the second"]


def test_idempotent_is_not_done_without_alembic(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """A schema that scripts make is not upgraded twice: that is told, and is no failure."""
    settings = replace(project.settings(), migrations={"postgresql": MigrationSource("scripts", "sql")})

    outcome = run_check(idempotent, project, diglot_server, settings=settings)

    assert outcome.findings == ()
    assert "DG210" in outcome.not_done[0]
