"""The program that builds templates has the same care for other databases as the chain."""

import pytest
from sqlalchemy import URL

from diglot.errors.migrations import ConnectionIgnored, MigrationFailed
from diglot.migrate.program import migrate
from tests.diglot.checks.alembic_projects import AlembicProject
from tests.diglot.migrate.conftest import Ask

BY_ITSELF = """
    from alembic import context
    from sqlalchemy import create_engine

    with create_engine({url!r}).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""
ASYNC = """
    import asyncio
    from alembic import context
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool


    def migrate(connection):
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()


    async def run():
        url = context.config.get_main_option("sqlalchemy.url")
        async with create_async_engine(url, poolclass=NullPool).connect() as connection:
            await connection.run_sync(migrate)


    asyncio.run(run())
"""


def test_template_of_an_env_with_a_database_of_its_own_leaves_that_alone(
    project: AlembicProject, database: URL, other_database: URL, ask: Ask
) -> None:
    """A template's env.py that connects elsewhere is stopped before it changes anything there."""
    address = other_database.render_as_string(hide_password=False)
    project.env(BY_ITSELF.format(url=address))
    project.add("a", None, "op.execute('CREATE TABLE a (id int)')")

    with pytest.raises(ConnectionIgnored, match=f"connects to postgresql.*{other_database.database}"):
        migrate(project.folder, project.source(), database)

    assert ask("SELECT relname FROM pg_class WHERE relname = 'a'", other_database) == []


def test_template_can_be_built_by_an_asynchronous_env(project: AlembicProject, database: URL, ask: Ask) -> None:
    """With psycopg2 in the settings, an asynchronous env.py makes a template as well."""
    project.env(ASYNC)
    project.add("a", None, "op.execute('CREATE TABLE a (id int)')")

    migrate(project.folder, project.source(), database)

    assert ask("SELECT version_num FROM alembic_version") == [("a",)]


def test_template_of_sqlite_is_made_by_an_env_that_connects_by_itself(project: AlembicProject) -> None:
    """A SQLite file is ours by its path."""
    url = URL.create("sqlite", database=str(project.folder / "ours.db"))
    project.env(BY_ITSELF.replace("{url!r}", "context.config.get_main_option('sqlalchemy.url')"))
    project.add("a", None, "op.execute('CREATE TABLE a (id int)')")

    migrate(project.folder, project.source(), url)

    assert (project.folder / "ours.db").stat().st_size > 0


def test_template_of_a_failing_revision_shows_its_traceback(project: AlembicProject, database: URL) -> None:
    """What the migration raised is shown with the revision's line."""
    project.add("a", None, "raise LookupError('no such rate')")

    with pytest.raises(MigrationFailed, match=r"(?s)a_make.py\", line 11.*LookupError: no such rate"):
        migrate(project.folder, project.source(), database)
