"""A server reached by URL: used beside what is on it, refused with a clear word, cleaned up after."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from shelf import Lease
from sqlalchemy import URL

from diglot.dialects import postgresql
from diglot.errors.databases import (
    DatabaseNotOurs,
    LoginRefused,
    MayNotCreateDatabases,
    ServerUnreachable,
    UrlInvalid,
)
from diglot.provision import external
from diglot.provision.databases import DatabaseAdmin, Mark
from diglot.provision.launch import ServerAddress

PASSWORDS = "local all postgres trust\nlocal all all scram-sha-256\n"
DIGEST = "feed" * 16


def _roles(address: ServerAddress) -> None:
    """Make two roles with passwords: one may create databases, one may not; and somebody's database."""
    connection = psycopg2.connect(host=address.socket_dir, user=address.user, dbname="postgres")
    connection.autocommit = True
    with closing(connection), connection.cursor() as cursor:
        cursor.execute("CREATE ROLE maker LOGIN CREATEDB PASSWORD 'hunter2'")
        cursor.execute("CREATE ROLE reader LOGIN PASSWORD 'hunter2'")
        cursor.execute("CREATE DATABASE theirs OWNER maker")


@pytest.fixture
def address(lease: Lease) -> ServerAddress:
    """A server that asks for passwords."""
    address: ServerAddress = lease("passwords", build=_roles).info.address
    hba = Path(address.socket_dir).parent / "data" / "pg_hba.conf"
    hba.write_text(PASSWORDS)
    with closing(DatabaseAdmin(_url(address, "postgres"))) as admin:
        admin.query("SELECT pg_reload_conf()")
    return address


@pytest.fixture
def admin(address: ServerAddress) -> Iterator[DatabaseAdmin]:
    """An administration connection of the role that may create databases."""
    with closing(external.open_admin(_text(address))) as admin:
        yield admin


def _url(address: ServerAddress, user: str, database: str = "postgres") -> URL:
    return URL.create("postgresql", username=user, database=database, query={"host": address.socket_dir})


def _text(address: ServerAddress, user: str = "maker", password: str = "hunter2", database: str = "theirs") -> str:
    return f"postgres://{user}:{password}@/{database}?host={address.socket_dir}"


def _connect(url: URL) -> "psycopg2.extensions.connection":
    return psycopg2.connect(**postgresql.connect_arguments(url))


def _make_table(url: URL) -> None:
    with closing(_connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE made (id INTEGER)")
        connection.commit()


def test_url_of_the_named_database_is_never_touched(address: ServerAddress, admin: DatabaseAdmin) -> None:
    """A database with tables in it is the same afterwards, to its last row and object number."""
    theirs = _url(address, "maker", "theirs").set(password="hunter2")
    with closing(_connect(theirs)) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE precious AS SELECT generate_series(1, 9) AS id")
        connection.commit()
    look = "SELECT c.oid, c.relname, c.relfilenode FROM pg_class c ORDER BY c.oid"
    with closing(DatabaseAdmin(theirs)) as before_admin:
        before = before_admin.query(look)

    external.ensure_template(admin, DIGEST, _make_table, fresh=False)
    external.sweep(admin)

    with closing(DatabaseAdmin(theirs)) as after_admin:
        assert after_admin.query(look) == before


def test_template_is_built_once_and_sealed(admin: DatabaseAdmin) -> None:
    """The second request finds the first one's template, which nobody can connect to."""
    first = external.ensure_template(admin, DIGEST, _make_table, fresh=False)
    second = external.ensure_template(admin, DIGEST, _make_table, fresh=False)

    assert first == ("diglot_t_feedfeedfeed", False)
    assert second == ("diglot_t_feedfeedfeed", True)
    with pytest.raises(psycopg2.OperationalError, match="not currently accepting connections"):
        _connect(admin.url.set(database="diglot_t_feedfeedfeed"))


def test_template_can_be_built_anew(admin: DatabaseAdmin) -> None:
    """A fresh template takes the place of the cached one."""
    external.ensure_template(admin, DIGEST, _make_table, fresh=False)

    again = external.ensure_template(admin, DIGEST, _make_table, fresh=True)

    assert again == ("diglot_t_feedfeedfeed", False)


def test_template_that_fails_leaves_no_database(admin: DatabaseAdmin) -> None:
    """What the migration raises passes through, and the half-built database is gone."""
    with pytest.raises(ZeroDivisionError):
        external.ensure_template(admin, DIGEST, lambda _url: 1 / 0, fresh=False)

    assert admin.marked() == {}


def test_drop_refuses_a_database_without_the_mark(admin: DatabaseAdmin) -> None:
    """Somebody's database is not dropped, whatever it is called."""
    admin.query("CREATE DATABASE diglot_worker_1")

    with pytest.raises(DatabaseNotOurs, match=r"DG601: database 'diglot_worker_1' .* has no mark"):
        admin.drop("diglot_worker_1")

    assert admin.exists("diglot_worker_1")


def test_sweep_drops_what_dead_sessions_left_and_nothing_else(address: ServerAddress, admin: DatabaseAdmin) -> None:
    """A database goes when its process is gone; one whose session lives stays."""
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    admin.create("diglot_worker_dead", Mark(kind="worker", session="dead", pid=dead.pid))
    admin.create("diglot_worker_live", Mark(kind="worker", session="live", pid=dead.pid))
    admin.create("diglot_worker_mine", Mark(kind="worker", session="mine"))

    with closing(external.open_admin(_text(address))) as other:
        external.announce(other, "live")
        dropped = external.sweep(admin)

    assert dropped == ["diglot_worker_dead"]
    assert set(admin.marked()) == {"diglot_worker_live", "diglot_worker_mine"}


def test_open_refuses_a_wrong_password_and_does_not_show_it(address: ServerAddress) -> None:
    """The error names server and role, and no password."""
    with pytest.raises(LoginRefused, match=r"DG604: .* refuses the role 'maker': .*authentication failed") as caught:
        external.open_admin(_text(address, password="wr0ng"))

    assert "wr0ng" not in str(caught.value)


def test_open_refuses_a_role_without_createdb(address: ServerAddress) -> None:
    """The error names the role and the statement that helps."""
    with pytest.raises(MayNotCreateDatabases, match=r"DG605: role 'reader' .*Fix: ALTER ROLE reader CREATEDB"):
        external.open_admin(_text(address, user="reader"))


def test_open_says_when_nobody_answers(tmp_path: Path) -> None:
    """A server that is down is named, with the ways out."""
    with pytest.raises(ServerUnreachable, match=r"DG603: no Postgres answers at .* unset DATABASE_URL"):
        external.open_admin(f"postgresql://u:secret@/d?host={tmp_path}")


@pytest.mark.parametrize("text", ["mysql://u:secret@h/d", "postgresql//secret", "://secret"])
def test_open_refuses_what_is_no_postgres_url(text: str) -> None:
    """A text that is no Postgres URL is refused without being shown."""
    with pytest.raises(UrlInvalid, match="DG602") as caught:
        external.open_admin(text)

    assert "secret" not in str(caught.value)
