"""What an env.py may do: connect by itself, be asynchronous, ignore what it was handed."""

import textwrap
from collections.abc import Callable

import pytest
from sqlalchemy import URL

from diglot.errors.migrations import AsyncDriverMissing, ChainBroken, ConnectionIgnored, MigrationStepFailed
from diglot.migrate.chain import Chain
from tests.diglot.checks.alembic_projects import AlembicProject
from tests.diglot.migrate.conftest import Ask

VERSIONS = "SELECT version_num FROM alembic_version"
NOTHING = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"

BY_ITSELF = """
    import os
    from alembic import context
    from sqlalchemy import create_engine, engine_from_config, pool

    config = context.config

    with {engine}.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""
ASYNC = """
    import asyncio
    import os
    from alembic import context
    from sqlalchemy import pool, text
    from sqlalchemy.ext.asyncio import async_engine_from_config, create_async_engine

    config = context.config


    def migrate(connection):
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()


    async def run():
        engine = {engine}
        async with engine.connect() as connection:
            await connection.run_sync(migrate)
        await engine.dispose()


    asyncio.run(run())
"""
FROM_CONFIG = (
    "async_engine_from_config(config.get_section('alembic', {}), prefix='sqlalchemy.', poolclass=pool.NullPool)"
)
BY_SETTINGS = "create_engine(settings_of_project.URL, poolclass=pool.NullPool)"
SETTINGS = (
    "op.execute(\"CREATE TABLE told AS SELECT current_setting('lock_timeout') AS lock, "
    "current_setting('application_name') AS name\")"
)


@pytest.mark.parametrize(
    "engine",
    [
        "engine_from_config(config.get_section('alembic'), prefix='sqlalchemy.', poolclass=pool.NullPool)",
        "create_engine(config.get_main_option('sqlalchemy.url'))",
        "create_engine(os.environ['DATABASE_URL'])",
        "config.set_main_option('sqlalchemy.url', os.environ['DATABASE_URL']) or "  # noqa: ISC004 - one expression
        "create_engine(config.get_main_option('sqlalchemy.url'))",
    ],
    ids=["template", "option", "environment", "environment-into-option"],
)
def test_env_that_connects_to_our_database_by_itself_is_fine(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask, can_be_copied: Callable[[], bool], *, engine: str
) -> None:
    """An env.py that finds our database by its address is served, and leaves nobody connected."""
    project.env(BY_ITSELF.format(engine=engine))
    project.add("a", None, SETTINGS)

    chain.upgrade_one(database, "a")

    assert ask(VERSIONS) == [("a",)]
    assert ask("SELECT lock FROM told") == [("10s",)]
    assert can_be_copied()


def test_env_with_a_database_of_its_own_is_stopped_before_it_migrates(
    project: AlembicProject, chain: Chain, database: URL, other_database: URL, ask: Ask
) -> None:
    """Another database than the one that was handed over is not touched, and is named without its password."""
    address = other_database.set(password="s3cr3t").render_as_string(hide_password=False)
    project.env(BY_ITSELF.format(engine=f"create_engine({address!r})"))
    project.add("a", None, "op.execute('CREATE TABLE a (id int)')")

    with pytest.raises(ConnectionIgnored, match=f"connects to postgresql.*{other_database.database}") as caught:
        chain.upgrade(database)

    assert ask(NOTHING, other_database) == []
    assert ask(NOTHING) == []
    assert "s3cr3t" not in str(caught.value)


def test_env_with_another_dialect_is_stopped(project: AlembicProject, chain: Chain, database: URL) -> None:
    """A SQLite file is not the database that was handed over."""
    project.env(BY_ITSELF.format(engine="create_engine('sqlite://')"))
    project.add("a", None, "raise AssertionError('it was run')")

    with pytest.raises(ConnectionIgnored, match="connects to sqlite://"):
        chain.upgrade(database)


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_async_env_that_leaves_its_pool_open_leaves_nobody_connected(
    project: AlembicProject, chain: Chain, database: URL, can_be_copied: Callable[[], bool], driver: str
) -> None:
    """A pool that nobody closed does not keep the database from being copied."""
    engine = f"create_async_engine(os.environ['DATABASE_URL'].replace('+psycopg2', '+{driver}'))"
    project.env(ASYNC.format(engine=engine).replace("await engine.dispose()", ""))
    project.add("a", None)

    chain.upgrade_one(database, "a")

    assert can_be_copied()


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_async_env_works_with_a_driver_that_can(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask, driver: str
) -> None:
    """An asynchronous env.py reaches our database through the socket, with its limits and its name."""
    engine = (
        f"create_async_engine(os.environ['DATABASE_URL'].replace('+psycopg2', '+{driver}'), poolclass=pool.NullPool)"
    )
    project.env(ASYNC.format(engine=engine))
    project.add("a", None, SETTINGS)
    project.add("b", "a")

    chain.upgrade_one(database, "a")
    chain.upgrade_one(database, "b")

    assert ask(VERSIONS) == [("b",)]
    assert ask("SELECT lock FROM told") == [("10s",)]
    assert ask("SELECT name LIKE 'diglot%' FROM told") == [(True,)]


def test_async_env_with_a_synchronous_driver_is_given_another(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """With psycopg2 in the settings, the template of `alembic init -t async` runs through a driver that can."""
    project.env(ASYNC.format(engine=FROM_CONFIG))
    project.add("a", None, SETTINGS)
    project.add("b", "a", "pass", "op.execute('DROP TABLE told')")

    chain.upgrade_one(database, "a")
    chain.upgrade_one(database, "b")
    chain.downgrade_one(database, "b")

    assert ask(VERSIONS) == [("a",)]


def test_async_env_elsewhere_is_stopped(
    project: AlembicProject, chain: Chain, database: URL, other_database: URL, ask: Ask
) -> None:
    """An asynchronous connection to another database is seen as well."""
    address = other_database.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)
    project.env(ASYNC.format(engine=f"create_async_engine({address!r}, poolclass=pool.NullPool)"))
    project.add("a", None, "op.execute('CREATE TABLE a (id int)')")

    with pytest.raises(ConnectionIgnored, match=str(other_database.database)):
        chain.upgrade(database)

    assert ask(NOTHING, other_database) == []


def test_async_env_without_a_driver_that_can_is_refused_with_a_fix(
    project: AlembicProject, chain: Chain, database: URL
) -> None:
    """When no driver can be used asynchronously, it is said which to install."""
    hide = """
        import importlib.util
        found = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *more: None if name in ("psycopg", "asyncpg") else found(name, *more)
    """
    (project.folder / "hide_drivers.py").write_text(textwrap.dedent(hide))
    project.env(f"import hide_drivers\n{textwrap.dedent(ASYNC.format(engine=FROM_CONFIG))}")
    project.add("a", None)

    with pytest.raises(AsyncDriverMissing, match=r"psycopg2 cannot, .* Fix: pip install 'psycopg\[binary\]'"):
        chain.upgrade(database)


@pytest.mark.parametrize(
    ("env", "line", "problem"),
    [
        ("import nowhere_at_all\n", 1, "ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("x = 1\nif x\n", 2, "SyntaxError: expected ':'"),
        ("x = 1\nraise SystemExit('no settings')\n", 2, "SystemExit: no settings"),
        ("x = 1\n", 0, "it never runs the migrations"),
        ("from alembic import context\ncontext.run_migrations()\n", 2, "AssertionError"),
    ],
    ids=["import", "syntax", "exit", "idle", "unconfigured"],
)
def test_broken_env_is_named_with_its_line(
    project: AlembicProject, chain: Chain, database: URL, *, env: str, line: int, problem: str
) -> None:
    """An env.py that fails, or that does nothing, is told with its line."""
    project.env(env)
    project.add("a", None)

    with pytest.raises(ChainBroken, match=problem) as caught:
        chain.upgrade(database)

    assert (caught.value.path, caught.value.line) == ("migrations/env.py", line)


def test_env_that_swallows_a_failure_is_told(project: AlembicProject, chain: Chain, database: URL) -> None:
    """A revision that failed is not taken for one that was applied."""
    calm = BY_ITSELF.format(engine="create_engine(os.environ['DATABASE_URL'])").replace(
        "            context.run_migrations()",
        "            import contextlib\n            with contextlib.suppress(Exception): context.run_migrations()",
    )
    project.env(calm)
    project.add("a", None, "raise ValueError('no')")

    with pytest.raises(ChainBroken, match="it goes on although upgrade of revision a has failed"):
        chain.upgrade(database)


AFTERWARDS = """
from alembic import context
connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
connection.exec_driver_sql("SELECT nothing")
"""


def test_env_that_fails_after_the_revisions_is_blamed_itself(
    project: AlembicProject, chain: Chain, database: URL, other_database: URL, ask: Ask
) -> None:
    """What env.py does after its revisions is told with its own line, and no revision is run again for it."""
    project.add("a", None, "op.execute('CREATE TABLE a (id int)')")
    chain.upgrade(other_database)
    project.env(AFTERWARDS)

    with pytest.raises(ChainBroken, match=r'column "nothing" does not exist.*after revision a went well') as caught:
        chain.upgrade_one(database, "a")

    assert (caught.value.path, caught.value.line) == ("migrations/env.py", 7)
    assert ask(VERSIONS) == [("a",)]


def test_commit_that_fails_is_the_fault_of_the_revision(project: AlembicProject, chain: Chain, database: URL) -> None:
    """A deferred constraint that refuses at the end, in env.py's COMMIT, is told as the revision's failure."""
    table = "CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a INITIALLY DEFERRED)"
    project.add("a", None, f"op.execute({table!r})\nop.execute('INSERT INTO a VALUES (1, 2)')")

    with pytest.raises(MigrationStepFailed, match="violates foreign key") as caught:
        chain.upgrade_one(database, "a")

    assert (caught.value.revision, caught.value.sqlstate) == ("a", "23503")


def test_env_whose_settings_are_read_once_is_given_a_process_for_each_database(
    project: AlembicProject, chain: Chain, database: URL, other_database: URL, ask: Ask
) -> None:
    """Settings that the project read from its environment at import lead to the right database all the same."""
    (project.folder / "settings_of_project.py").write_text("import os\nURL = os.environ['DATABASE_URL']\n")
    project.env(f"import settings_of_project\n{textwrap.dedent(BY_ITSELF.format(engine=BY_SETTINGS))}")
    project.add("a", None, "op.execute('CREATE TABLE a (id int)')")
    path = project.add("b", "a", "op.execute('CREATE TABLE b (id int)')")
    path.write_text(f"import settings_of_project\n{path.read_text()}")
    chain.graph()

    chain.upgrade_one(database, "a")
    chain.upgrade(other_database)
    chain.upgrade_one(database, "b")

    assert ask(VERSIONS) == [("b",)]
    assert ask(VERSIONS, other_database) == [("b",)]


def test_chain_never_shows_the_project_the_database_of_whoever_runs_it(
    project: AlembicProject, chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the chain is read, `DATABASE_URL` leads nowhere."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@production/precious")
    project.write("a.py", "import os\nraise ValueError(os.environ['DATABASE_URL'])\n")

    with pytest.raises(ChainBroken, match=r"ValueError: .*//nobody@/nothing"):
        chain.graph()


def test_env_may_ask_what_was_ordered(project: AlembicProject, chain: Chain, database: URL, ask: Ask) -> None:
    """What Alembic's commands tell env.py is told here as well."""
    asking = (
        "context.get_revision_argument() == 'a' and context.get_tag_argument() is None and "
        "not context.get_x_argument() and context.get_starting_revision_argument() is None and "
        "config.attributes['connection']"
    )
    project.env(BY_ITSELF.replace("{engine}.connect()", asking))
    project.add("a", None)

    chain.upgrade_one(database, "a")

    assert ask(VERSIONS) == [("a",)]


def test_env_that_closes_the_handed_connection_is_fine(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """Whoever closes what he was handed has done his work."""
    project.env(BY_ITSELF.replace("{engine}.connect()", "config.attributes['connection']"))
    project.add("a", None)

    chain.upgrade(database)

    assert ask(VERSIONS) == [("a",)]


def test_env_reads_an_empty_stdin_and_prints_what_it_likes(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """The protocol is out of reach of whatever env.py reads or prints, also below Python."""
    engine = (
        "(os.write(1, b'noise\\n'), print(input if not os.sys.stdin.read() else 1/0), "
        "create_engine(os.environ['DATABASE_URL']))[2]"
    )
    project.env(BY_ITSELF.format(engine=engine))
    project.add("a", None)

    chain.upgrade(database)

    assert ask(VERSIONS) == [("a",)]
