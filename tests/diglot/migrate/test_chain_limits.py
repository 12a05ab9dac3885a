"""A chain that hangs or dies: it is told where, and the next step finds a new process."""

import os
import subprocess
import sys
from contextlib import closing

import pytest
from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.errors.migrations import ChainBroken, MigrationStepFailed, MigratorDied, StepTimedOut
from diglot.migrate.chain import Chain
from diglot.migrate.worker import render
from tests.diglot.checks.alembic_projects import ENV, AlembicProject
from tests.diglot.migrate.conftest import Ask

OWNER = """
import sys
from pathlib import Path
from sqlalchemy import make_url
from diglot.migrate.chain import Chain
from diglot.settings import MigrationSource
Chain(Path(sys.argv[1]), MigrationSource("alembic", "alembic.ini")).upgrade(make_url(sys.argv[2]))
"""
VERSIONS = "SELECT version_num FROM alembic_version"


def test_step_that_sleeps_is_ended_and_named(
    project: AlembicProject, hasty_chain: Chain, database: URL, ask: Ask
) -> None:
    """Python that does not come back is killed; the error has the revision, the limit and the line that ran."""
    project.add("a", None)
    project.add("b", "a", "import time\nprint('I begin')\ntime.sleep(600)")
    hasty_chain.upgrade_one(database, "a")

    with pytest.raises(StepTimedOut) as caught:
        hasty_chain.upgrade_one(database, "b")

    assert str(caught.value) == (
        "DG208: upgrade of revision b (Make b.) took longer than 2 s and was ended; it was at "
        "migrations/versions/b_make.py:13, `time.sleep(600)`. It printed:\n    I begin\n"
        "Fix: find what it waits for there, or set step_timeout_s in [tool.diglot.checks]"
    )
    assert (caught.value.revision, caught.value.limit_s) == ("b", 2)
    assert ask(VERSIONS) == [("a",)]


def test_step_after_one_that_was_ended_finds_a_new_process(
    project: AlembicProject, hasty_chain: Chain, database: URL, ask: Ask
) -> None:
    """After a kill the chain goes on."""
    project.add("a", None, "import time\ntime.sleep(600)")
    project.add("b", None)
    with pytest.raises(StepTimedOut):
        hasty_chain.upgrade_one(database, "a")

    hasty_chain.upgrade_one(database, "b")

    assert ask(VERSIONS) == [("b",)]


def test_step_that_waits_for_a_lock_is_ended_and_named(
    project: AlembicProject, hasty_chain: Chain, database: URL
) -> None:
    """A lock that somebody holds is waited for until the limit, and the line that waits is named."""
    project.add("a", None, "op.execute('CREATE TABLE a (id int)')")
    project.add("b", "a", "op.execute('ALTER TABLE a ADD x int')")
    hasty_chain.upgrade_one(database, "a")

    with closing(postgresql.connect_admin(database.set(drivername="postgresql"))) as holder:
        holder.cursor().execute("BEGIN; LOCK TABLE a")
        with pytest.raises(StepTimedOut, match=r"b_make.py:11, `op.execute\('ALTER TABLE a ADD x int'\)`"):
            hasty_chain.upgrade_one(database, "b")


def test_lock_timeout_of_the_server_is_a_failed_step(
    project: AlembicProject, hasty_chain: Chain, database: URL
) -> None:
    """When the server gives up first, what it says is told."""
    project.add("a", None, "op.execute('CREATE TABLE a (id int)')")
    project.add("b", "a", "op.execute('ALTER TABLE a ADD x int')")
    hasty_chain.upgrade_one(database, "a")
    impatient = database.update_query_dict({"options": "-c lock_timeout=100ms"})

    with closing(postgresql.connect_admin(database.set(drivername="postgresql"))) as holder:
        holder.cursor().execute("BEGIN; LOCK TABLE a")
        with pytest.raises(MigrationStepFailed, match="lock timeout") as caught:
            hasty_chain.upgrade_one(impatient, "b")

    assert caught.value.sqlstate == "55P03"


def test_each_step_of_an_upgrade_has_its_own_limit(
    project: AlembicProject, hasty_chain: Chain, database: URL, ask: Ask
) -> None:
    """A long chain may take longer than the limit; one revision may not."""
    project.add("a", None, "import time\ntime.sleep(0.9)")
    project.add("b", "a", "import time\ntime.sleep(0.9)")
    project.add("c", "b", "import time\ntime.sleep(0.9)")

    hasty_chain.upgrade(database)

    assert ask(VERSIONS) == [("c",)]


def test_env_that_hangs_is_ended_and_named(project: AlembicProject, hasty_chain: Chain, database: URL) -> None:
    """An env.py that waits before any revision is told with its line."""
    project.env(f"import time\ntime.sleep(600)\n{ENV}")
    project.add("a", None)

    with pytest.raises(StepTimedOut, match=r"before any revision took longer .* at migrations/env.py:2, `time.sleep"):
        hasty_chain.upgrade(database)


def test_revision_file_that_hangs_when_it_is_read_is_named(project: AlembicProject, hasty_chain: Chain) -> None:
    """A module that does not end is told with its line."""
    project.write("a.py", "revision = 'a'\nimport time\ntime.sleep(600)\n")

    with pytest.raises(StepTimedOut, match=r"reading the chain took longer .* at migrations/versions/a.py:3"):
        hasty_chain.graph()


@pytest.mark.parametrize(
    ("death", "how"),
    [
        ("os._exit(7)", "exit code 7"),
        ("os._exit(0)", "exit code 0"),
        ("os.kill(os.getpid(), 11)", "signal SIGSEGV"),
    ],
)
def test_step_in_which_the_process_dies_is_named(
    project: AlembicProject, chain: Chain, database: URL, *, ask: Ask, death: str, how: str
) -> None:
    """A process that ends by itself is an error with the revision, and the next step finds a new one."""
    project.add("a", None, f"import os\nos.write(2, b'last words')\n{death}")
    project.add("b", None)

    with pytest.raises(MigratorDied, match=rf"during upgrade of revision a \(Make a.\): {how}") as caught:
        chain.upgrade_one(database, "a")
    chain.upgrade_one(database, "b")

    assert "last words" in str(caught.value)
    assert ask(VERSIONS) == [("b",)]


def test_step_that_leaves_with_sys_exit_is_a_failed_step(project: AlembicProject, chain: Chain, database: URL) -> None:
    """`sys.exit` in a migration ends the step and not the process."""
    project.add("a", None, "raise SystemExit('enough')")

    with pytest.raises(MigrationStepFailed, match="SystemExit: enough"):
        chain.upgrade_one(database, "a")


def test_env_that_ends_the_process_is_named(project: AlembicProject, chain: Chain, database: URL) -> None:
    """A process that env.py ends has died before any revision."""
    project.env("import os\nos._exit(3)\n")
    project.add("a", None)

    with pytest.raises(MigratorDied, match=r"died during env.py, before any revision: exit code 3"):
        chain.upgrade(database)


def test_closing_the_chain_ends_what_a_step_started(project: AlembicProject, database: URL) -> None:
    """A program that a migration started does not outlive the chain: the lock that it holds is free."""
    lock = project.folder / "lock"
    project.add(
        "a",
        None,
        f"import fcntl, subprocess\n"
        f"held = open({str(lock)!r}, 'w')\n"
        f"fcntl.flock(held, fcntl.LOCK_EX)\n"
        f"subprocess.Popen(['sleep', '600'], pass_fds=[held.fileno()])",
    )

    with Chain(project.folder, project.source()) as chain:
        chain.upgrade(database)
        held = subprocess.run(["flock", "-n", str(lock), "true"], check=False).returncode
    free = subprocess.run(["flock", "-w", "10", str(lock), "true"], check=False).returncode

    assert (held, free) == (1, 0)


def test_owner_that_is_killed_takes_a_hanging_step_along(project: AlembicProject, database: URL) -> None:
    """A step that hangs does not outlive the process that ordered it: the lock that it holds is free."""
    lock, begun = project.folder / "lock", project.folder / "begun"
    os.mkfifo(begun)
    project.add(
        "a",
        None,
        f"import fcntl, time\n"
        f"held = open({str(lock)!r}, 'w')\n"
        f"fcntl.flock(held, fcntl.LOCK_EX)\n"
        f"open({str(begun)!r}, 'w').close()\n"
        f"time.sleep(600)",
    )
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(project.folder), render(database)])

    begun.read_text()
    owner.kill()
    owner.wait()
    free = subprocess.run(["flock", "-w", "10", str(lock), "true"], check=False).returncode

    assert free == 0


def test_broken_module_of_the_project_does_not_take_the_process_along(
    project: AlembicProject, chain: Chain, database: URL, ask: Ask
) -> None:
    """After an error the same process goes on with the next order."""
    path = project.write("b.py", "revision = 'b'\n")
    with pytest.raises(ChainBroken):
        chain.upgrade(database)
    path.unlink()
    project.add("a", None)

    chain.upgrade(database)

    assert ask(VERSIONS) == [("a",)]
