"""One revision at a time on a real database, whatever the graph, and what is said when one fails."""

from collections.abc import Callable

import pytest
from sqlalchemy import URL

from diglot.errors.migrations import ChainBroken, Irreversible, MigrationStepFailed, UnknownRevision
from diglot.migrate.chain import Chain
from tests.diglot.checks.alembic_projects import ENV, INI, AlembicProject
from tests.diglot.migrate.conftest import Ask

TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
VERSIONS = "SELECT version_num FROM alembic_version ORDER BY 1"
PER_MIGRATION = ENV.replace("connection=connection", "connection=connection, transaction_per_migration=True")


def add_table(project: AlembicProject, revision: str, down: object, **more: object) -> None:
    """Add a revision that makes a table of its own name."""
    create, drop = f"op.create_table('{revision}', sa.Column('id', sa.Integer))", f"op.drop_table('{revision}')"
    project.add(revision, down, create, drop, **more)  # type: ignore[arg-type]


def add_graph(project: AlembicProject) -> None:
    """Add two branches that are merged, and a third with its own base, on which the merge depends."""
    add_table(project, "a", None)
    add_table(project, "left", "a")
    add_table(project, "right", "a")
    add_table(project, "other", None)
    add_table(project, "merged", ("left", "right"), depends_on="other")
    add_table(project, "top", "merged")


def test_upgrade_one_applies_exactly_one_revision(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """What comes after a revision is not applied with it."""
    add_table(project, "a", None)
    add_table(project, "b", "a")
    add_table(project, "c", "b")

    chain.upgrade_one(database, "a")
    chain.upgrade_one(database, "b")

    assert ask(TABLES) == [("a",), ("alembic_version",), ("b",)]
    assert ask(VERSIONS) == [("b",)]


@pytest.mark.parametrize("env", [ENV, PER_MIGRATION], ids=["one-transaction", "transaction-per-migration"])
def test_single_steps_go_up_and_down_through_branches(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask, env: str
) -> None:
    """Branches, a merge and a dependency are walked up and down one by one, and leave nothing."""
    project.env(env)
    add_graph(project)
    order = [one.id for one in chain.graph().revisions]

    seen = []
    for revision in order:
        chain.upgrade_one(database, revision)
        seen.append(ask(VERSIONS))
    for revision in reversed(order):
        chain.downgrade_one(database, revision)

    assert [one.id for one in chain.graph().revisions] == ["a", "left", "other", "right", "merged", "top"]
    assert seen == [
        [("a",)],
        [("left",)],
        [("left",), ("other",)],
        [("left",), ("other",), ("right",)],
        [("merged",)],
        [("top",)],
    ]
    assert ask(VERSIONS) == []
    assert ask(TABLES) == [("alembic_version",)]


def test_upgrade_and_downgrade_run_what_alembic_would(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """`upgrade` goes to the heads, `downgrade` to base, and a target is kept to."""
    add_graph(project)

    chain.upgrade(database, "left")
    at_left = ask(VERSIONS)
    chain.upgrade(database)
    at_heads = ask(VERSIONS)
    chain.downgrade(database, "a")
    at_a = ask(VERSIONS)
    chain.downgrade(database)

    assert (at_left, at_heads, ask(VERSIONS)) == ([("left",)], [("top",)], [])
    assert ("a",) in at_a
    assert ask(TABLES) == [("alembic_version",)]


def test_upgrade_again_runs_nothing(project: AlembicProject, chain: Chain, database: URL, ask: Ask) -> None:
    """A database at the heads stays as it is."""
    add_graph(project)
    chain.upgrade(database)

    chain.upgrade(database)

    assert ask(VERSIONS) == [("top",)]


def test_steps_find_revisions_in_two_folders(project: AlembicProject, chain: Chain, database: URL, ask: Ask) -> None:
    """A revision outside the folder of env.py is run as any other."""
    project.ini(f"{INI}version_locations = %(here)s/migrations/versions %(here)s/plugin\npath_separator = space\n")
    add_table(project, "a", None)
    add_table(project, "b", "a", versions=project.folder / "plugin")

    chain.upgrade(database)
    chain.downgrade_one(database, "b")

    assert ask(TABLES) == [("a",), ("alembic_version",)]


@pytest.mark.parametrize("env", [ENV, PER_MIGRATION], ids=["one-transaction", "transaction-per-migration"])
def test_autocommit_block_leaves_the_transaction(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask, env: str
) -> None:
    """What may not run in a transaction runs in an autocommit block, with either kind of transaction."""
    project.env(env)
    add_table(project, "a", None)
    project.add(
        "b",
        "a",
        "with op.get_context().autocommit_block():\n    op.execute('CREATE INDEX CONCURRENTLY ix_a ON a (id)')",
        "with op.get_context().autocommit_block():\n    op.drop_index('ix_a', postgresql_concurrently=True)",
    )
    add_table(project, "c", "b")

    chain.upgrade(database)
    there = ask("SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_a'")
    chain.downgrade_one(database, "c")
    chain.downgrade_one(database, "b")

    assert there == [(1,)]
    assert ask("SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_a'") == [(0,)]
    assert ask(VERSIONS) == [("a",)]


def test_concurrently_in_a_transaction_is_refused_as_in_production(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """Without an autocommit block Postgres refuses CONCURRENTLY, and the revision is not recorded."""
    add_table(project, "a", None)
    project.add("b", "a", "op.create_index('ix_a', 'a', ['id'], postgresql_concurrently=True)")
    chain.upgrade_one(database, "a")

    with pytest.raises(MigrationStepFailed, match="cannot run inside a transaction block") as caught:
        chain.upgrade_one(database, "b")

    assert caught.value.sqlstate == "25001"
    assert ask(VERSIONS) == [("a",)]


def test_failed_step_names_revision_line_and_sqlstate(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """A failure tells the revision, its title, the line of the call, Postgres's message, and leaves nothing."""
    project.add(
        "a", None, "op.execute('CREATE TABLE a (id int)')\n\nop.execute(\n    'INSERT INTO nowhere VALUES (1)'\n)"
    )

    with pytest.raises(MigrationStepFailed) as caught:
        chain.upgrade(database)

    assert str(caught.value) == (
        "DG206: upgrade of revision a (Make a.) fails at migrations/versions/a_make.py:13: "
        'relation "nowhere" does not exist '
        "LINE 1: INSERT INTO nowhere VALUES (1) ^ [SQLSTATE 42P01]. "
        "Fix: correct migrations/versions/a_make.py:13; where the chain begins behind tables that were made without "
        "it (create_all and a stamp), give it a first revision that makes them, or name what makes them as `before` "
        "beside `alembic`"
    )
    assert (caught.value.revision, caught.value.direction) == ("a", "upgrade")
    assert ask(TABLES) == []


def test_failed_step_names_the_revision_that_called_a_library(
    project: AlembicProject, chain: Chain, database: URL
) -> None:
    """A failure in a module that the revision calls is told at the revision's own line."""
    (project.folder / "steps_of_project.py").write_text("def go():\n    raise LookupError('no such rate')\n")
    project.add("a", None, "import steps_of_project\nsteps_of_project.go()")

    with pytest.raises(MigrationStepFailed, match="LookupError: no such rate") as caught:
        chain.upgrade_one(database, "a")

    assert (caught.value.site, caught.value.sqlstate) == ("migrations/versions/a_make.py:12", "")


def test_failed_step_shows_what_was_printed(project: AlembicProject, chain: Chain, database: URL) -> None:
    """Whatever a migration prints does not disturb the answers, and is shown, without the password."""
    project.add(
        "a",
        None,
        "import os\nurl = os.environ['DATABASE_URL']\nprint('{\"answer\": 1}', url)\nraise ValueError(url)",
    )

    with pytest.raises(MigrationStepFailed) as caught:
        chain.upgrade_one(database.set(password="s3cr3t/x"), "a")

    assert '{"answer": 1}' in str(caught.value)
    assert str(caught.value).count(":***@") == 2
    assert "s3cr3t" not in str(caught.value)


def test_failed_step_shows_nothing_of_earlier_steps(project: AlembicProject, chain: Chain, database: URL) -> None:
    """What an earlier step printed is gone, and leaves no gap in what is shown."""
    project.add("a", None, "print('long ago ' * 100)")
    project.add("b", "a", "print('just now')\nraise ValueError('b')")
    chain.upgrade_one(database, "a")

    with pytest.raises(MigrationStepFailed) as caught:
        chain.upgrade_one(database, "b")

    assert "It printed:\n    just now\n" in str(caught.value)


def test_failed_commit_is_the_last_revision_s(project: AlembicProject, chain: Chain, database: URL) -> None:
    """A constraint that is checked at the commit is told as the failure of the revision before it."""
    add_table(project, "a", None)
    project.add(
        "b",
        "a",
        "op.execute('ALTER TABLE a ADD UNIQUE (id) DEFERRABLE INITIALLY DEFERRED')\n"
        "op.execute('INSERT INTO a VALUES (1), (1)')",
    )

    with pytest.raises(MigrationStepFailed, match="duplicate key") as caught:
        chain.upgrade(database)

    assert (caught.value.revision, caught.value.sqlstate) == ("b", "23505")
    assert caught.value.site == "migrations/versions/b_make.py:10"


@pytest.mark.parametrize(
    ("downgrade", "problem", "line"),
    [
        ("raise NotImplementedError", "it raises NotImplementedError", 15),
        ("raise NotImplementedError('the old prices are gone')", "the old prices are gone", 15),
        (None, "its file has no downgrade\\(\\)", 6),
    ],
    ids=["bare", "with-reason", "no-function"],
)
def test_irreversible_revision_is_told_as_such(
    project: AlembicProject, chain: Chain, database: URL, *, ask: Ask, downgrade: str | None, problem: str, line: int
) -> None:
    """A revision that says it has no way back is told apart from one that fails, and stays applied."""
    project.add("a", None, "pass", downgrade)
    chain.upgrade_one(database, "a")

    with pytest.raises(Irreversible, match=problem) as caught:
        chain.downgrade_one(database, "a")

    assert (caught.value.revision, caught.value.site) == ("a", f"migrations/versions/a_make.py:{line}")
    assert ask(VERSIONS) == [("a",)]


def test_not_implemented_by_a_library_is_a_failure(project: AlembicProject, chain: Chain, database: URL) -> None:
    """A NotImplementedError that SQLAlchemy raises says nothing of what the author meant."""
    project.add("a", None, "pass", "sa.engine.Dialect.get_columns(None, None, 'a')")
    chain.upgrade_one(database, "a")

    with pytest.raises(MigrationStepFailed, match="NotImplementedError"):
        chain.downgrade_one(database, "a")


def test_downgrade_stops_at_an_irreversible_revision(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """A way down that is closed in the middle is told where it is closed."""
    add_table(project, "a", None)
    project.add("b", "a", "pass", None)
    add_table(project, "c", "b")
    chain.upgrade(database)

    with pytest.raises(Irreversible) as caught:
        chain.downgrade(database)

    assert caught.value.revision == "b"


def test_empty_downgrade_is_legal(project: AlembicProject, chain: Chain, database: URL, ask: Ask) -> None:
    """A downgrade that does nothing is a downgrade."""
    project.add("a", None)
    chain.upgrade_one(database, "a")

    chain.downgrade_one(database, "a")

    assert ask(VERSIONS) == []


def test_upgrade_one_of_an_unknown_revision_is_refused(project: AlembicProject, chain: Chain, database: URL) -> None:
    """A revision that the chain does not have is told by its id."""
    project.add("a", None)

    with pytest.raises(UnknownRevision, match=r"alembic.ini has no revision 'b'"):
        chain.upgrade_one(database, "b")


def test_file_without_upgrade_is_a_failed_step(project: AlembicProject, chain: Chain, database: URL) -> None:
    """A revision's file must have an upgrade function."""
    project.write("a.py", "revision = 'a'\ndown_revision = None\n")

    with pytest.raises(MigrationStepFailed, match=r"versions/a.py:1: its file has no upgrade\(\)"):
        chain.upgrade(database)


def test_broken_chain_is_told_before_anything_is_run(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """A duplicate keeps every step from being run."""
    add_table(project, "a", None)
    project.write("again.py", (project.versions / "a_make.py").read_text())

    with pytest.raises(ChainBroken, match="is in two files"):
        chain.upgrade(database)

    assert ask(TABLES) == []


def test_keeping_a_connection_forgets_what_a_step_left_in_the_session(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask, can_be_copied: Callable[[], bool]
) -> None:
    """A connection that is kept is to each step as a new one, and is closed at the end."""
    project.add("a", None, "op.execute(\"SET work_mem = '77MB'\")\nop.execute('CREATE TEMP TABLE t (id int)')")
    project.add("b", "a", "op.execute('CREATE TEMP TABLE t (id int)')")
    project.add(
        "c", "b", "op.execute(\"CREATE TABLE seen AS SELECT setting FROM pg_settings WHERE name = 'work_mem'\")"
    )
    backends = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"

    with chain.keeping(database):
        chain.upgrade_one(database, "a")
        kept = ask(backends)
        chain.upgrade_one(database, "b")
        chain.upgrade_one(database, "c")

    assert ask("SELECT * FROM seen") == ask("SELECT reset_val FROM pg_settings WHERE name = 'work_mem'")
    assert kept == [(1,)]
    assert can_be_copied()


def test_steps_leave_nobody_connected(
    project: AlembicProject, chain: Chain, database: URL, can_be_copied: Callable[[], bool]
) -> None:
    """After a step the database can be copied, also after one that failed."""
    add_table(project, "a", None)
    project.add("b", "a", "op.execute('SELECT nothing')")

    with pytest.raises(MigrationStepFailed):
        chain.upgrade(database)

    assert can_be_copied()
