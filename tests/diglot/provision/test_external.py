"""A server reached by URL: described, used beside what is on it, or refused with a clear word."""

import hashlib
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from tcp_server import PASSWORD, TcpServer, start, stop

from diglot.errors.base import DiglotError
from diglot.errors.databases import (
    HostNotAllowed,
    HostUnknown,
    LoginRefused,
    MayNotCreateDatabases,
    NoDatabaseOpen,
    ServerFull,
    ServerReadOnly,
    ServerTooOld,
    ServerUnreachable,
    TlsRefused,
    UrlInvalid,
)
from diglot.provision import external
from diglot.provision.databases import DatabaseAdmin, Mark
from diglot.provision.external import open_server, redacted
from diglot.provision.leftovers import sweep
from diglot.provision.refusals import Refusal
from diglot.provision.templates import ensure_template

WRONG = "wr0ng-s3cret"
MakeUrl = Callable[[TcpServer], str]

REFUSED: dict[str, tuple[type[DiglotError], str, MakeUrl]] = {
    "server down": (
        ServerUnreachable,
        r"DG603: no Postgres answers at 127\.0\.0\.1:1: Connection refused\. Fix: .*unset DATABASE_URL",
        lambda _: f"postgres://maker:{PASSWORD}@127.0.0.1:1/theirs",
    ),
    "socket missing": (
        ServerUnreachable,
        r"DG603: no Postgres answers at the socket in /nowhere, port 5432: No such file or directory\.",
        lambda _: f"postgresql://maker:{PASSWORD}@/theirs?host=/nowhere",
    ),
    "host unknown": (
        HostUnknown,
        r"DG610: the host 'no\.invalid' has no address: .*\. Fix: correct the host in the URL",
        lambda _: f"postgresql://maker:{PASSWORD}@no.invalid/theirs",
    ),
    "wrong password": (
        LoginRefused,
        r"DG604: 127\.0\.0\.1:\d+ refuses the role 'maker': password authentication failed",
        lambda server: server.url(password=WRONG),
    ),
    "wrong password in the query": (
        LoginRefused,
        r"DG604: 127\.0\.0\.1:\d+ refuses the role 'maker': password authentication failed",
        lambda server: f"postgresql://127.0.0.1:{server.port}/theirs?user=maker&password={WRONG}",
    ),
    "role may not log in": (
        LoginRefused,
        r"DG604: .* refuses the role 'sleeper': role \"sleeper\" is not permitted to log in",
        lambda server: server.url("sleeper"),
    ),
    "role without CREATEDB": (
        MayNotCreateDatabases,
        r"DG605: role 'reader' on 127\.0\.0\.1:\d+ may not create .*Fix: ALTER ROLE reader CREATEDB",
        lambda server: server.url("reader"),
    ),
    "TLS wanted of a server without": (
        TlsRefused,
        r"DG611: no TLS with .*: the URL says sslmode=require, .*Fix: take sslmode out of the URL",
        lambda server: server.url(query="?sslmode=require"),
    ),
    "too many connections": (
        ServerFull,
        r"DG612: 127\.0\.0\.1:\d+ takes no further connection: too many connections for role",
        lambda server: server.url("crowded"),
    ),
    "machine not in pg_hba.conf": (
        HostNotAllowed,
        r"DG613: .* does not let the role 'stranger' in from this machine: pg_hba\.conf rejects",
        lambda server: server.url("stranger"),
    ),
    "no database open": (
        NoDatabaseOpen,
        r"(?s)DG614: role 'narrow' can connect to no database.*\n    missing: database \"missing\" does not exist\n",
        lambda server: server.url("narrow", database="missing"),
    ),
    "unknown option": (
        UrlInvalid,
        r"DG602: .*invalid connection option \"colour\" \(the URL is not shown",
        lambda server: server.url(query="?colour=red"),
    ),
    "unencoded @ in the password": (
        UrlInvalid,
        r"DG602: .* write %40 for an @ in the password",
        lambda server: server.url(password=f"x@{WRONG}"),
    ),
    "not Postgres": (UrlInvalid, r"DG602: .*it names 'mysql', not Postgres", lambda _: f"mysql://me:{WRONG}@h/d"),
    "no URL": (UrlInvalid, r"DG602: .*it is not a database URL", lambda _: f"postgresql//{WRONG}"),
    "no scheme": (UrlInvalid, r"DG602: .*it is not a database URL", lambda _: f"://{WRONG}"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_open_refuses_with_the_cause_and_without_the_password(tcp_server: TcpServer, case: str) -> None:
    """Each cause has its own error with a fix, and no password is in it, nor in its traceback."""
    error, message, make_url = REFUSED[case]

    with pytest.raises(error, match=message) as caught:
        open_server(make_url(tcp_server))

    told = f"{caught.value!r} {''.join(traceback.format_exception(caught.value))}"
    assert "Fix: " in told
    assert PASSWORD not in told
    assert WRONG not in told


def test_open_refuses_a_server_that_is_too_old(tcp_server: TcpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version and oldest supported version are named."""
    monkeypatch.setattr(external, "OLDEST_MAJOR", 99)

    with pytest.raises(ServerTooOld, match=r"DG606: 127\.0\.0\.1:\d+ is Postgres 1\d\.\d+.* oldest .* is 99"):
        open_server(tcp_server.url())


@pytest.fixture
def standby(cache_root: Path) -> Iterator[TcpServer]:
    """A server that only follows another."""
    folder = Path(tempfile.mkdtemp(prefix="dgx-", dir="/tmp"))
    server, process = start(folder, cache_root, "standby.signal")
    yield server
    stop(process)
    shutil.rmtree(folder)


def test_open_refuses_a_standby(standby: TcpServer) -> None:
    """No database can be created on a server that only follows another."""
    url = f"postgresql://postgres@/postgres?host={standby.run}&port={standby.port}"

    with pytest.raises(ServerReadOnly, match=r"DG615: the socket in .* is a standby, .*Fix: name its primary"):
        open_server(url)


def test_open_waits_for_a_server_that_is_starting(tcp_server: TcpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that says that it is starting up is asked again, for a while."""
    starting = psycopg2.OperationalError("connection to ... failed: FATAL:  the database system is starting up\n")
    outcomes = iter([starting, starting])
    connect = external.DatabaseAdmin

    def connect_later(url: object) -> DatabaseAdmin:
        refused = next(outcomes, None)
        return connect(url) if refused is None else _raise(refused)  # type: ignore[arg-type]

    monkeypatch.setattr(external, "DatabaseAdmin", connect_later)
    monkeypatch.setattr(external, "_RETRY_S", 0.01)

    with closing(open_server(tcp_server.url())) as server:
        assert server.facts.role == "maker"


def test_open_does_not_wait_for_ever(tcp_server: TcpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that never gets ready is given up, in its own words."""
    starting = psycopg2.OperationalError("connection to ... failed: FATAL:  the database system is starting up\n")
    monkeypatch.setattr(external, "DatabaseAdmin", lambda _url: _raise(starting))

    with pytest.raises(ServerUnreachable, match="the database system is starting up"):
        open_server(tcp_server.url(), starting_wait_s=0)


def _raise(error: Exception) -> DatabaseAdmin:
    raise error


def test_facts_describe_the_server(tcp_server: TcpServer) -> None:
    """What was found is what the server says of itself."""
    with closing(open_server(tcp_server.url("boss", query="?sslmode=allow"))) as server:
        facts = server.facts

    assert (facts.place, facts.database, facts.role) == (f"127.0.0.1:{tcp_server.port}", "postgres", "boss")
    assert (facts.is_superuser, facts.createdb, facts.encoding) == (True, True, "UTF8")
    assert (facts.max_connections, facts.sslmode, facts.tls) == (100, "allow", False)
    assert facts.version.startswith(f"{facts.major}.")
    assert facts.collation.endswith(("(builtin)", "(libc)", "(ICU)"))
    assert facts.connections >= 1


@pytest.mark.parametrize("database", ["theirs", "never_made"])
def test_named_database_need_not_exist(tcp_server: TcpServer, database: str) -> None:
    """The maintenance database is what is connected to, whether the named one exists or not."""
    with closing(open_server(tcp_server.url(database=database))) as server:
        assert server.facts.database == "postgres"


def test_named_database_is_used_where_the_maintenance_one_is_closed(tcp_server: TcpServer) -> None:
    """A role that may not connect to `postgres` creates its databases from the one that it named."""
    with closing(open_server(tcp_server.url("narrow"))) as server:
        assert server.facts.database == "theirs"


def test_named_database_stays_byte_for_byte(server: TcpServer, admin: DatabaseAdmin) -> None:
    """A database with tables in it has the same files with the same contents afterwards."""
    server.run_sql("CREATE TABLE precious AS SELECT generate_series(1, 999) AS id", "VACUUM", database="theirs")
    before = _contents(server, "theirs")

    ensure_template(admin, "feed" * 16, lambda _url: None)
    admin.create("diglot_worker_1", Mark(kind="worker", session="dead"))
    swept = sweep(admin)

    after = _contents(server, "theirs")
    server.run_sql("DROP TABLE precious", database="theirs")
    assert swept == ["diglot_worker_1"]
    assert len(before) > 200
    assert after == before


def _contents(server: TcpServer, database: str) -> dict[str, str]:
    """Return the digests of all files of a database, once they are written."""
    (oid,) = server.run_sql("CHECKPOINT", f"SELECT oid FROM pg_database WHERE datname = '{database}'")[0]
    files = (path for path in (server.data / "base" / str(oid)).iterdir() if path.name != "pg_internal.init")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


REFUSAL = "postgresql://maker:secret@db.example/theirs"
AT = 'connection to server at "db.example" (10.0.0.1), port 5432 failed: '
NO_ENTRY = f'{AT}FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "maker", database "theirs", '
TEXTS = [
    (
        "two addresses, the second says why",
        f'{AT}Connection refused\n\tIs it running?\n{AT}FATAL:  password authentication failed for user "maker"\n',
        "DG604: db.example:5432 refuses the role 'maker': password authentication failed for user \"maker\". Fix:",
    ),
    (
        "TLS only",
        f"{NO_ENTRY}no encryption\n",
        "; if it admits TLS alone, add ?sslmode=require to the URL",
    ),
    (
        "neither with nor without TLS",
        f"{NO_ENTRY}SSL encryption\n{NO_ENTRY}no encryption\n",
        "SSL encryption. Fix: add a line for it to the server's pg_hba.conf",
    ),
    (
        "certificate",
        f"{AT}SSL error: certificate verify failed\n",
        "DG611: no TLS with db.example:5432: the URL says sslmode=prefer, and SSL error: certificate verify failed.",
    ),
    (
        "another language",
        f"{AT}FATAL:  Passwort-Authentifizierung für Benutzer »maker« fehlgeschlagen\n",
        "DG603: no Postgres answers at db.example:5432: Passwort-Authentifizierung für Benutzer »maker« fehl",
    ),
    (
        "a web server",
        f"{AT}received invalid response to SSL negotiation: H\n",
        "DG603: no Postgres answers at db.example:5432: received invalid response to SSL negotiation: H. Fix:",
    ),
    (
        "the password in the text",
        f"{AT}SSL error: secret, 'secret' and secretary\n",
        "SSL error: ***, '***' and secretary",
    ),
]


@pytest.mark.parametrize(("text", "told"), [one[1:] for one in TEXTS], ids=[one[0] for one in TEXTS])
def test_refusal_is_explained(text: str, told: str) -> None:
    """What libpq says is turned into the error of its cause."""
    refusal = Refusal.of(psycopg2.OperationalError(text), external.postgresql.parse_url(REFUSAL))

    assert told in str(refusal.explain())


def test_password_that_is_the_role_s_name_is_not_blanked() -> None:
    """`postgres:postgres@` is common, and a message without the role's name would say nothing."""
    url = external.postgresql.parse_url("postgresql://postgres:postgres@db/postgres")

    refusal = Refusal.of(psycopg2.OperationalError('failed for user "postgres"'), url)

    assert refusal.line == 'failed for user "postgres"'


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgres://u:secret@h:1/d", "postgresql://u:***@h:1/d"),
        ("postgresql+psycopg2://h/d?user=u&password=secret", "postgresql://u:***@h/d"),
        ("secret", "(not a Postgres URL; not shown, as it may hold a password)"),
    ],
)
def test_redacted_url_has_no_password(url: str, shown: str) -> None:
    """A URL can be shown once its password is hidden, wherever it stood."""
    assert redacted(url) == shown
