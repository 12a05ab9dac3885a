"""Databases are made with a mark, and none without one is ever dropped."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing

import psycopg2
import pytest
from tcp_server import PASSWORD, TcpServer

from diglot.dialects import postgresql
from diglot.errors.databases import DatabaseInUse, DatabaseNameTooLong, DatabaseNotOurs, DatabaseTaken
from diglot.provision.databases import DatabaseAdmin, Mark
from diglot.provision.leftovers import leftovers, sweep

OpenAdmin = Callable[..., DatabaseAdmin]

DIES_BEFORE_MARKING = """
import os, sys
from diglot.provision.databases import DatabaseAdmin, Mark
from diglot.provision.external import open_server

admin = open_server(sys.argv[1]).admin
DatabaseAdmin.mark = lambda *_: os._exit(9)
admin.create("diglot_worker_x", Mark(kind="worker", session=admin.session))
"""


def _mark(kind: str = "clone") -> Mark:
    return Mark(kind=kind, session="0badcafe")


@pytest.fixture
def statements(admin: DatabaseAdmin, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What `admin` is told to run, from now on."""
    seen: list[str] = []
    query = admin.query

    def listen(sql: str, *parameters: object) -> list[tuple[object, ...]]:
        seen.append(sql)
        return query(sql, *parameters)

    monkeypatch.setattr(admin, "query", listen)
    return seen


def test_mark_is_read_back_from_the_comment(admin: DatabaseAdmin) -> None:
    """What is written on a database says who made it, when, where and with which version."""
    mark = Mark(kind="worker", session=admin.session, digest="feed")

    admin.create("diglot_one", mark)

    assert admin.marked() == {"diglot_one": mark}
    assert (mark.pid, mark.host, mark.version) == (os.getpid(), os.uname().nodename, "0.1.0")


def test_create_copies_a_template(admin: DatabaseAdmin, server: TcpServer) -> None:
    """A copy has what its template has."""
    admin.create("diglot_source", _mark())
    with closing(server.connect("diglot_source")) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 7 AS number")
        connection.commit()

    admin.create("diglot_copy", _mark(), template="diglot_source")

    with closing(server.connect("diglot_copy")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT number FROM kept")
        assert cursor.fetchall() == [(7,)]


@pytest.mark.parametrize(("file_copy", "strategy"), [(True, "STRATEGY FILE_COPY"), (False, "STRATEGY WAL_LOG")])
def test_create_uses_the_strategy_that_is_asked_for(
    admin: DatabaseAdmin, statements: list[str], file_copy: bool, strategy: str
) -> None:
    """Whoever knows where the server keeps its files says how to copy them."""
    admin.create("diglot_copy", _mark(), template="template0", file_copy=file_copy)

    assert statements[0].endswith(f'TEMPLATE "template0" {strategy}')


def test_create_names_no_strategy_to_a_server_that_has_none(admin: DatabaseAdmin, statements: list[str]) -> None:
    """Postgres 14 copies in one way, and does not know the word."""
    admin.version_number = 140011

    admin.create("diglot_copy", _mark(), template="template0", file_copy=True)

    assert "STRATEGY" not in statements[0]


def test_create_refuses_a_name_that_is_taken(admin: DatabaseAdmin, server: TcpServer) -> None:
    """Somebody's database of that name stays, and nothing is left of the attempt."""
    server.run_sql("CREATE DATABASE diglot_taken OWNER maker")

    with pytest.raises(DatabaseTaken, match=r"DG607: there is a database 'diglot_taken' on 127\.0\.0\.1:\d+ already"):
        admin.create("diglot_taken", _mark())

    assert admin.marked() == {}
    assert admin.unfinished() == {}
    assert admin.exists("diglot_taken")


def test_create_refuses_a_name_that_postgres_would_cut(admin: DatabaseAdmin) -> None:
    """A name of 64 bytes is refused before anything is made."""
    with pytest.raises(DatabaseNameTooLong, match=r"DG608: .* has 64 bytes, Postgres keeps 63"):
        admin.create("diglot_" + "ü" * 28 + "x", _mark())

    assert admin.unfinished() == {}


def test_create_takes_names_that_need_quoting(admin: DatabaseAdmin) -> None:
    """Quotes, blanks, capitals and 63 bytes are no trouble."""
    name = 'diglot "A" \'; --ü'.ljust(62, "x")

    admin.create(name, _mark())

    assert list(admin.marked()) == [name]
    admin.drop(name)
    assert not admin.exists(name)


def test_create_that_cannot_mark_leaves_nothing(admin: DatabaseAdmin, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure between the two steps is cleaned up at once."""
    monkeypatch.setattr(admin, "mark", lambda *_: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        admin.create("diglot_one", _mark())

    assert admin.unfinished() == {}


def test_create_that_is_killed_before_marking_is_cleaned_up_by_others(admin: DatabaseAdmin, server: TcpServer) -> None:
    """The private name says whose the database was, and the lock of that session is free."""
    dead = subprocess.run([sys.executable, "-c", DIES_BEFORE_MARKING, server.url()], check=False)
    unfinished = list(admin.unfinished())

    dropped = sweep(admin)

    assert dead.returncode == 9
    assert len(unfinished) == 1
    assert dropped == unfinished
    assert not admin.exists(unfinished[0])


def test_unfinished_database_of_a_living_session_stays(admin: DatabaseAdmin, open_admin: OpenAdmin) -> None:
    """Another session that is about to mark its database is not disturbed."""
    name = f"diglot_new_{open_admin().session}_00000000"
    admin.query(f"CREATE DATABASE {name}")

    assert sweep(admin) == []
    assert admin.exists(name)


@pytest.mark.parametrize(
    ("name", "comment"),
    [
        ("diglot_new_00000000_0000000", None),
        ("diglot_new_00000000_00000000_x", None),
        ("diglot_new_production", None),
        ("diglot_new_00000000_00000001", "mine, keep"),
    ],
)
def test_database_with_nearly_a_private_name_stays(admin: DatabaseAdmin, name: str, comment: str | None) -> None:
    """Only the exact pattern, and no comment of anybody's, makes a database an unfinished one."""
    admin.query(f"CREATE DATABASE {name}")
    admin.query(f"COMMENT ON DATABASE {name} IS %s", comment)

    assert leftovers(admin) == []
    with pytest.raises(DatabaseNotOurs):
        admin.drop_unfinished(name)
    assert admin.exists(name)


@pytest.mark.parametrize("comment", [None, "precious", "diglot: of course"])
def test_drop_refuses_a_database_without_the_mark(admin: DatabaseAdmin, comment: str | None) -> None:
    """Somebody's database is not dropped, whatever it is called and whatever is written on it."""
    admin.query("CREATE DATABASE diglot_worker_1")
    admin.query("COMMENT ON DATABASE diglot_worker_1 IS %s", comment)

    with pytest.raises(DatabaseNotOurs, match=r"DG601: database 'diglot_worker_1' on .* has no mark") as caught:
        admin.drop("diglot_worker_1")

    assert PASSWORD not in str(caught.value)
    assert admin.exists("diglot_worker_1")


def test_drop_of_what_is_gone_is_fine(admin: DatabaseAdmin) -> None:
    """Two sessions may clean up the same leftover."""
    admin.drop("diglot_gone")
    admin.drop_unfinished("diglot_gone")

    assert not admin.exists("diglot_gone")


def test_drop_disconnects_from_that_database_alone(
    admin: DatabaseAdmin, server: TcpServer, statements: list[str]
) -> None:
    """A connection to another database stays, and no forced DROP, which is slow, is needed."""
    admin.create("diglot_one", _mark())
    admin.create("diglot_two", _mark())
    with closing(server.connect("diglot_one")) as lost, closing(server.connect("diglot_two")) as spared:
        admin.drop("diglot_one")

        with pytest.raises(psycopg2.OperationalError), lost.cursor() as cursor:
            cursor.execute("SELECT 1")
        with spared.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchall() == [(1,)]
    assert not admin.exists("diglot_one")
    assert not any("FORCE" in one for one in statements)


def test_drop_says_who_cannot_be_disconnected(admin: DatabaseAdmin, server: TcpServer) -> None:
    """A superuser who looks at the database is named, and keeps it."""
    admin.create("diglot_one", _mark())

    with (
        closing(server.connect("diglot_one", role="boss")),
        pytest.raises(DatabaseInUse, match=r"DG609: database 'diglot_one' on .*: boss is connected"),
    ):
        admin.drop("diglot_one")

    assert admin.exists("diglot_one")


def test_seal_closes_and_protects_a_template(admin: DatabaseAdmin, server: TcpServer) -> None:
    """A sealed database takes no connection, resists a DROP by hand, and can be copied and dropped here."""
    admin.create("diglot_building", _mark("template"))
    straggler = server.connect("diglot_building")

    admin.seal("diglot_building", "diglot_t_1")

    with closing(straggler), pytest.raises(psycopg2.OperationalError, match="not currently accepting connections"):
        server.connect("diglot_t_1")
    with pytest.raises(psycopg2.Error, match="cannot drop a template database"):
        server.run_sql("DROP DATABASE diglot_t_1")
    admin.create("diglot_copy", _mark(), template="diglot_t_1")
    admin.drop("diglot_t_1")
    assert list(admin.marked()) == ["diglot_copy"]


def test_marked_lists_what_this_role_may_drop(admin: DatabaseAdmin, open_admin: OpenAdmin) -> None:
    """Another role's databases are not ours to look after; a superuser sees all."""
    admin.create("diglot_ours", _mark())
    open_admin("other").create("diglot_others", _mark())

    assert list(admin.marked()) == ["diglot_ours"]
    assert list(open_admin("boss").marked()) == ["diglot_others", "diglot_ours"]


def test_admin_is_patient_where_the_role_is_not(server: TcpServer, open_admin: OpenAdmin) -> None:
    """Time limits of the role's do not end a copy, nor the session that holds the lock."""
    server.run_sql("ALTER ROLE other SET statement_timeout = '20ms'", "ALTER ROLE other SET idle_session_timeout = 20")

    admin = open_admin("other")

    assert admin.query("SELECT pg_sleep(0.1)") == [("",)]
    server.run_sql("SELECT pg_sleep(0.1)", "ALTER ROLE other RESET ALL")
    assert admin.query("SELECT 1") == [(1,)]


def test_admin_says_who_it_is(admin: DatabaseAdmin, server: TcpServer) -> None:
    """The session is named in the server's activity, and the password in no representation."""
    names = server.run_sql("SELECT application_name FROM pg_stat_activity WHERE usename = 'maker'")

    assert names == [(f"diglot {admin.session}",)]
    assert repr(admin) == f"<DatabaseAdmin {admin.session} at 127.0.0.1:{server.port}>"


def test_place_names_hosts_and_sockets() -> None:
    """A message names a server so that it can be found."""
    hosts = [("db", 5433), (None, None), ("::1", 1), ("/run/x", None)]

    places = [postgresql.place(host, port) for host, port in hosts]

    assert places == ["db:5433", "localhost:5432", "[::1]:1", "the socket in /run/x, port 5432"]
