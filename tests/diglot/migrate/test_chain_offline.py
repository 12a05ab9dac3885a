"""The SQL that would be run, each statement with the line that writes it, without any connection."""

import pytest
from sqlalchemy import URL

from diglot.errors.migrations import MigrationStepFailed, OfflineRefused
from diglot.migrate.chain import Chain, OfflineStatement
from tests.diglot.checks.alembic_projects import ENV, AlembicProject
from tests.diglot.migrate.conftest import Ask

PATH = "migrations/versions/{}_make.py"
PER_MIGRATION = ENV.replace("literal_binds=True,", "literal_binds=True, transaction_per_migration=True,")


def told(statements: tuple[OfflineStatement, ...]) -> list[tuple[str, str, int]]:
    """Shorten statements to their first three words."""
    return [(" ".join(one.sql.split()[:3]), one.revision, one.line) for one in statements]


def test_offline_gives_each_statement_its_revision_and_line(project: AlembicProject, chain: Chain) -> None:
    """Every statement of the whole chain has the line of its call; Alembic's own ones have none."""
    project.add("a", None, "op.create_table(\n    'a',\n    sa.Column('id', sa.Integer),\n)\nop.execute('SELECT 1')")
    project.add(
        "b",
        "a",
        "op.get_bind().execute(sa.text('SELECT 2'))\n"
        "op.bulk_insert(sa.table('a', sa.column('id', sa.Integer)), [{'id': 7}])",
    )

    statements = chain.offline()

    assert told(statements) == [
        ("BEGIN", "", 0),
        ("CREATE TABLE alembic_version", "a", 0),
        ("CREATE TABLE a", "a", 11),
        ("SELECT 1", "a", 15),
        ("INSERT INTO alembic_version", "a", 0),
        ("SELECT 2", "b", 11),
        ("INSERT INTO a", "b", 12),
        ("UPDATE alembic_version SET", "b", 0),
        ("COMMIT", "", 0),
    ]
    assert statements[2].path == PATH.format("a")
    assert statements[6].sql == "INSERT INTO a (id) VALUES (7)"


def test_offline_writes_one_revision_of_many(project: AlembicProject, chain: Chain) -> None:
    """One revision's SQL has nothing of those before it, also when it merges branches."""
    project.add("a", None, "op.execute('SELECT 1')")
    project.add("l", "a", "op.execute('SELECT 2')")
    project.add("r", "a", "op.execute('SELECT 3')")
    project.add("m", ("l", "r"), "op.execute('SELECT 4')")

    statements = chain.offline("m")

    assert told(statements) == [
        ("BEGIN", "", 0),
        ("SELECT 4", "m", 11),
        ("DELETE FROM alembic_version", "m", 0),
        ("UPDATE alembic_version SET", "m", 0),
        ("COMMIT", "", 0),
    ]


def test_offline_shows_where_an_autocommit_block_leaves_the_transaction(project: AlembicProject, chain: Chain) -> None:
    """The COMMIT before the block and the BEGIN after it are part of the script."""
    project.add("a", None, "with op.get_context().autocommit_block():\n    op.execute('VACUUM')")

    statements = chain.offline()

    assert [sql for sql, _, _ in told(statements)] == [
        "BEGIN",
        "CREATE TABLE alembic_version",
        "COMMIT",
        "VACUUM",
        "BEGIN",
        "INSERT INTO alembic_version",
        "COMMIT",
    ]


def test_offline_shows_a_transaction_for_each_migration(project: AlembicProject, chain: Chain) -> None:
    """With transaction_per_migration each revision has its own BEGIN and COMMIT."""
    project.env(PER_MIGRATION)
    project.add("a", None, "op.execute('SELECT 1')")
    project.add("b", "a", "op.execute('SELECT 2')")

    statements = chain.offline()

    assert [(sql, revision) for sql, revision, _ in told(statements) if sql in {"BEGIN", "COMMIT"}] == [
        ("BEGIN", "a"),
        ("COMMIT", "a"),
        ("BEGIN", "b"),
        ("COMMIT", "b"),
    ]


def test_offline_names_the_revision_that_asks_the_database(project: AlembicProject, chain: Chain) -> None:
    """A revision that needs an answer fails at its line."""
    project.add("a", None)
    project.add("b", "a", "op.get_bind().execute(sa.text('SELECT 1')).scalar()")

    with pytest.raises(
        MigrationStepFailed, match=r"upgrade --sql of revision b .*has no attribute 'scalar'"
    ) as caught:
        chain.offline()

    assert caught.value.site == f"{PATH.format('b')}:11"


@pytest.mark.parametrize(
    ("env", "line", "problem"),
    [
        (
            "from alembic import context\nif context.is_offline_mode():\n    raise SystemExit('not offline')\n",
            3,
            "SystemExit: not offline",
        ),
        (
            "import sqlalchemy as sa\nfrom alembic.context import config\n"  # noqa: ISC004 - one file
            "sa.create_engine(config.get_main_option('sqlalchemy.url')).connect()\n",
            3,
            "OfflineConnects: it opens a connection although it is asked for SQL only",
        ),
        (
            "from alembic import context\nif not context.is_offline_mode():\n    1 / 0\n",
            0,
            "it never runs the migrations",
        ),
        (
            "from alembic import context\ncontext.configure(connection=context.config.attributes['connection'])\n",
            2,
            "KeyError: 'connection'",
        ),
    ],
    ids=["raises", "connects", "idle", "wants-the-connection"],
)
def test_env_without_offline_support_is_refused(
    project: AlembicProject, chain: Chain, env: str, line: int, problem: str
) -> None:
    """An env.py that cannot write SQL is told with its reason."""
    project.env(env)
    project.add("a", None)

    with pytest.raises(OfflineRefused, match=problem) as caught:
        chain.offline()

    assert (caught.value.path, caught.value.line) == ("migrations/env.py", line)


def test_offline_never_reaches_a_database_of_env_s_own(
    project: AlembicProject, chain: Chain, other_database: URL, ask: Ask
) -> None:
    """An env.py that always connects, to somebody's database, does not get there."""
    address = other_database.render_as_string(hide_password=False)
    project.env(
        f"""
        from sqlalchemy import create_engine, text
        with create_engine({address!r}).begin() as connection:
            connection.execute(text("CREATE TABLE a (id int)"))
        """
    )
    project.add("a", None)

    with pytest.raises(OfflineRefused, match="it opens a connection"):
        chain.offline()

    assert ask("SELECT count(*) FROM pg_class WHERE relname = 'a'", other_database) == [(0,)]


def test_steps_connect_again_after_sql_was_written(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """Writing SQL takes nothing from the steps after it."""
    project.add("a", None, "op.execute('CREATE TABLE a (id int)')")
    chain.offline()

    chain.upgrade(database)

    assert ask("SELECT version_num FROM alembic_version") == [("a",)]
