"""`diglot check downgrade`: from the heads to base, nothing is left."""

from dataclasses import replace
from pathlib import Path

import pytest
from alembic_projects import AlembicProject
from chain_runs import NO_TABLE, TABLE, facts, found, run_and_listen, run_check

from diglot.checks.suite import downgrade
from diglot.provision.postgres import PostgresServer
from diglot.settings import MigrationSource

LEFT = {
    "CREATE TYPE side AS ENUM ('buy', 'sell')": "type side",
    "CREATE DOMAIN price AS numeric": "type price",
    "CREATE SEQUENCE numbers": "sequence numbers",
    "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'": "function one()",
    "CREATE VIEW v AS SELECT 1 AS one": "view v",
    "CREATE SCHEMA audit": "schema audit",
    "CREATE TABLE t (id serial PRIMARY KEY, x int UNIQUE)": "table t",
    "GRANT CREATE ON SCHEMA public TO PUBLIC": "schema public",
    "COMMENT ON SCHEMA public IS 'ours'": "schema public",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC": "default privileges",
}


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """A project with one revision, `first`, which makes and drops the table `trades`."""
    made = AlembicProject(tmp_path / "project")
    made.add("first", None, TABLE, NO_TABLE)
    return made


@pytest.mark.parametrize("sql", LEFT)
def test_downgrade_names_what_is_left_and_who_made_it(
    sql: str, project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """Each object that no downgrade took away is one finding, with the revision that made it."""
    path = project.add("next", "first", f"op.execute({sql!r})")
    project.add("last", "next", "op.execute('CREATE TABLE gone (x int)')", "op.drop_table('gone')")

    outcome = run_check(downgrade, project, diglot_server)

    (finding,) = outcome.findings
    assert finding.kind == "downgrade.left"
    assert LEFT[sql] in finding.subject
    assert facts(finding)["made by"] == "revision next (Make next.)"
    assert path.name in finding.site


def test_downgrade_finds_nothing_when_everything_is_taken_back(
    project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """A chain with branches and a merge that undoes itself leaves an empty database."""
    project.add("left", "first", "op.execute('CREATE TABLE l (x int)')", "op.drop_table('l')")
    project.add("right", "first", "op.execute('CREATE VIEW r AS SELECT 1 AS x')", "op.execute('DROP VIEW r')")
    project.add("joined", ("left", "right"))

    outcome, told = run_and_listen(downgrade, project, diglot_server)

    assert (outcome.findings, outcome.not_done) == ((), ())
    assert outcome.looked_at == (("revisions", "4 of 4"),)
    assert told[0] == "downgrade: 1 of 4, joined Make joined."


@pytest.mark.parametrize(
    ("down", "kind", "problem"),
    [
        (None, "irreversible", "downgrade()"),
        ("raise NotImplementedError('one way')", "irreversible", "one way"),
        ("op.execute('SELECT nothing')", "fails", "42703"),
    ],
)
def test_downgrade_stops_where_there_is_no_way_down(
    down: str | None, kind: str, problem: str, project: AlembicProject, diglot_server: PostgresServer
) -> None:
    """A revision that cannot be taken back is named, and what lies below it is told as not looked at."""
    project.add("next", "first", "pass", down)
    project.add("last", "next")

    outcome = run_check(downgrade, project, diglot_server)

    assert found(outcome) == [(kind, "revision next (Make next.)")]
    assert problem in facts(outcome.findings[0])["downgrade"]
    assert outcome.not_done[0] == "1 revision below next, which cannot be taken back"
    assert outcome.looked_at == (("revisions", "1 of 3"),)


def test_downgrade_is_not_done_without_alembic(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """A schema that scripts make has no way down: that is told, and is no failure."""
    settings = replace(project.settings(), migrations={"postgresql": MigrationSource("scripts", "sql")})

    outcome = run_check(downgrade, project, diglot_server, settings=settings)

    assert outcome.findings == ()
    assert "DG210" in outcome.not_done[0]
