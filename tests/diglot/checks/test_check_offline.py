"""`diglot check offline`: the script of the whole chain makes what the migrations make."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from diglot.checks.finding import Finding, Outcome
from diglot.checks.suite import offline
from diglot.checks.workbench import Workbench
from diglot.errors.migrations import ChainBroken
from diglot.provision.postgres import PostgresServer
from diglot.settings import MigrationSource, Settings
from tests.diglot.checks.alembic_projects import ENV, AlembicProject

Check = Callable[[], Outcome]


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """A project without a revision."""
    return AlembicProject(tmp_path / "project")


@pytest.fixture
def check(project: AlembicProject, diglot_server: PostgresServer) -> Iterator[Check]:
    """Return the check's outcome for the project."""
    bench = Workbench(project.settings(), lambda: diglot_server)
    yield lambda: offline.run(bench)
    bench.close()


def only(outcome: Outcome) -> Finding:
    """Return the one finding that there is."""
    (finding,) = outcome.findings
    return finding


def test_offline_script_of_a_plain_chain_makes_the_same(project: AlembicProject, check: Check) -> None:
    """Tables, data, an autocommit block and a percent sign come out the same."""
    project.add("a", None, "op.create_table('a', sa.Column('id', sa.Integer), sa.Column('name', sa.Text))")
    project.add(
        "b",
        "a",
        "with op.get_context().autocommit_block():\n"
        "    op.create_index('ix_name', 'a', ['name'], postgresql_concurrently=True)",
    )
    project.add("c", "b", "op.execute(\"ALTER TABLE a ADD CONSTRAINT ck_name CHECK (name LIKE 'a%')\")")

    outcome = check()

    assert outcome == Outcome((), (("statements", "11"), ("revisions", "3")))


def test_offline_names_what_the_script_makes_differently(project: AlembicProject, check: Check) -> None:
    """A revision that does less offline is seen by what is missing, with both facts."""
    project.add("a", None, "op.create_table('a', sa.Column('id', sa.Integer))")
    project.add("b", "a", "if not op.get_context().as_sql:\n    op.create_index('ix_id', 'a', ['id'])")

    finding = only(check())

    assert (finding.kind, finding.subject) == ("offline.differs", "table a, index ix_id")
    assert finding.facts[0][1].startswith("CREATE INDEX")
    assert finding.facts[1] == ("by the script", "not there")


def test_offline_names_the_statement_with_doubled_percent_signs(project: AlembicProject, check: Check) -> None:
    """An env.py without the paramstyle doubles percent signs, which the constraint shows."""
    project.env(ENV.replace(', dialect_opts={"paramstyle": "named"}', ""))
    project.add("a", None, "op.execute(\"CREATE TABLE a (name text DEFAULT '5%')\")")

    finding = only(check())

    assert (finding.kind, finding.subject) == ("offline.differs", "table a, column name")
    assert [text for _, text in finding.facts] == ["default: '5%'::text", "default: '5%%'::text"]


def test_offline_names_the_statement_that_fails(project: AlembicProject, check: Check) -> None:
    """A statement that only the script has is named with its revision, its line and Postgres's answer."""
    project.add("a", None)
    project.add("b", "a", "if op.get_context().as_sql:\n    op.execute('SELECT nothing')")

    outcome = check()

    assert only(outcome).subject == "revision b"
    assert only(outcome).site == "migrations/versions/b_make.py:12"
    assert only(outcome).facts == (
        ("statement", "SELECT nothing"),
        ("Postgres", 'column "nothing" does not exist [SQLSTATE 42703]'),
    )
    assert outcome.not_done == ("the schemas: the script ends at the statement that fails",)


def test_offline_names_the_revision_that_asks_the_database(project: AlembicProject, check: Check) -> None:
    """A revision that cannot be written is a finding, and what comes after it is not done."""
    project.add("a", None, "op.get_bind().execute(sa.text('SELECT 1')).scalar()")

    outcome = check()

    assert (only(outcome).kind, only(outcome).site) == ("offline.unwritable", "migrations/versions/a_make.py:11")
    assert outcome.not_done == ("the script: it ends at the revision that cannot be written",)


def test_offline_tells_an_error_from_a_question(project: AlembicProject, check: Check) -> None:
    """A revision that fails for a reason of its own is not said to ask the database."""
    project.add("a", None, "[].missing")

    found = only(check())

    assert [label for label, _ in found.facts] == ["offline"]
    assert found.fix.startswith("correct migrations/versions/a_make.py:11")


def test_offline_of_an_env_without_support_is_not_done(project: AlembicProject, check: Check) -> None:
    """An env.py that refuses is no finding; its reason is told."""
    project.env("raise SystemExit('only with a database')\n")
    project.add("a", None)

    outcome = check()

    assert outcome.findings == ()
    assert "migrations/env.py:1 cannot write SQL offline: SystemExit: only with a database" in outcome.not_done[0]


def test_offline_of_an_env_that_does_not_run_could_not_run(project: AlembicProject, check: Check) -> None:
    """An env.py whose import fails is an error, and not said to lack the offline mode."""
    project.env("import nowhere_to_be_found")
    project.add("a", None, "op.execute('SELECT 1')")

    with pytest.raises(ChainBroken, match="No module named 'nowhere_to_be_found'"):
        check()


def test_offline_of_a_schema_that_alembic_does_not_make_is_not_done(
    tmp_path: Path, diglot_server: PostgresServer
) -> None:
    """Without Alembic there is no script, which is said."""
    settings = Settings(tmp_path, migrations={"postgresql": MigrationSource("scripts", "sql")})

    outcome = offline.run(Workbench(settings, lambda: diglot_server))

    assert "this check needs Alembic's revisions" in outcome.not_done[0]
