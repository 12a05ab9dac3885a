"""What dead sessions left on a shared server is dropped, and nothing else."""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing

import pytest
from shelf import until
from tcp_server import TcpServer

from diglot.provision.databases import DatabaseAdmin, Mark
from diglot.provision.leftovers import leftovers, sweep

OpenAdmin = Callable[..., DatabaseAdmin]

HOLDS_A_DATABASE = """
import sys, threading
from diglot.provision.databases import Mark
from diglot.provision.external import open_server

admin = open_server(sys.argv[1]).admin
admin.create("diglot_worker_held", Mark(kind="worker", session=admin.session))
print("made", flush=True)
threading.Event().wait()
"""


@pytest.mark.parametrize("kind", ["worker", "clone", "building"])
def test_database_of_a_session_that_ended_is_dropped(admin: DatabaseAdmin, open_admin: OpenAdmin, kind: str) -> None:
    """While its session lives it stays; then it goes."""
    maker = open_admin()
    maker.create("diglot_x", Mark(kind=kind, session=maker.session))

    before = sweep(admin)
    maker.close()

    assert before == []
    assert until(lambda: leftovers(admin) == ["diglot_x"])
    assert sweep(admin) == ["diglot_x"]
    assert not admin.exists("diglot_x")


def test_database_of_a_killed_process_is_dropped(admin: DatabaseAdmin, server: TcpServer) -> None:
    """The server itself notices that a session was killed, on whatever machine it ran."""
    command = [sys.executable, "-c", HOLDS_A_DATABASE, server.url()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as maker:
        assert maker.stdout is not None
        assert maker.stdout.readline() == b"made\n"
        before = sweep(admin)
        maker.kill()

    assert before == []
    assert until(lambda: leftovers(admin) == ["diglot_worker_held"])


def test_database_of_this_session_stays(admin: DatabaseAdmin) -> None:
    """A session does not take its own databases for leftovers."""
    admin.create("diglot_worker_1", Mark(kind="worker", session=admin.session))

    assert leftovers(admin) == []


def test_database_of_a_session_in_another_database_stays(admin: DatabaseAdmin, server: TcpServer) -> None:
    """Advisory locks belong to one database, but a session that had to use another one is seen as well."""
    url = admin.url.set(database="theirs")

    with closing(DatabaseAdmin(url)) as elsewhere:
        elsewhere.create("diglot_worker_1", Mark(kind="worker", session=elsewhere.session))

        assert leftovers(admin) == []

    assert until(lambda: leftovers(admin) == ["diglot_worker_1"])


def test_database_that_somebody_looks_at_stays(admin: DatabaseAdmin, server: TcpServer) -> None:
    """A leftover with a client in it waits for the next sweep."""
    admin.create("diglot_worker_1", Mark(kind="worker", session="dead"))

    with closing(server.connect("diglot_worker_1", role="boss")):
        assert sweep(admin) == []

    assert until(lambda: leftovers(admin) == ["diglot_worker_1"])


@pytest.mark.parametrize(("days", "left_over"), [(13, []), (15, ["diglot_kept_1"])])
def test_kept_database_stays_for_two_weeks(admin: DatabaseAdmin, days: int, left_over: list[str]) -> None:
    """A failed test's database outlives its session, so that somebody can look at it."""
    made_at = time.time() - days * 86400

    admin.create("diglot_kept_1", Mark(kind="kept", session="dead", made_at=made_at))

    assert leftovers(admin) == left_over


def test_database_without_a_mark_stays(admin: DatabaseAdmin) -> None:
    """However Diglot-like the name of somebody's database is, it is not swept."""
    admin.query("CREATE DATABASE diglot_worker_deadbeef_main_1")

    assert sweep(admin) == []
    assert admin.exists("diglot_worker_deadbeef_main_1")


def test_database_of_another_role_stays(admin: DatabaseAdmin, open_admin: OpenAdmin) -> None:
    """What this role may not drop is left to its owner, and is no failure."""
    open_admin("other").create("diglot_worker_1", Mark(kind="worker", session="dead"))

    assert sweep(admin) == []
    assert admin.exists("diglot_worker_1")
