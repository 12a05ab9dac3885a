"""URLs, engines and connections, without any server."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend_v2.db import Database, init_persistence
from backend_v2.db.url import engine_url
from backend_v2.errors import ConfigInvalid

WITHOUT_PSYCOPG = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "psycopg":
            raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")
sys.meta_path.insert(0, Blocked())
from backend_v2.db import Database
from backend_v2.db.url import engine_url
for url in ("postgres://u:p@localhost/d", "postgresql://u:p@localhost/d"):
    engine = Database.open(engine_url(url)).engine
    print(engine.dialect.driver, engine.dialect.dbapi.__name__)
"""


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "postgresql+psycopg2"])
def test_engine_url_names_the_driver(scheme: str) -> None:
    """Every spelling of Postgres means psycopg2, and the rest of the URL stays."""
    url = engine_url(f"{scheme}://user:p%40ss@localhost:5433/raptor?application_name=x")

    assert url.drivername == "postgresql+psycopg2"
    assert (url.password, url.port, url.database) == ("p@ss", 5433, "raptor")
    assert url.query == {"application_name": "x"}


@pytest.mark.parametrize(
    ("text", "sslmode"),
    [
        ("postgres://u@db.example.com/d", "require"),
        ("postgres://u@db.example.com/d?sslmode=verify-full", "verify-full"),
        ("postgres://u@localhost/d", None),
        ("postgres://u@127.0.0.1/d", None),
        ("postgres:///d?host=/run/postgresql", None),
    ],
)
def test_engine_url_asks_for_tls_unless_local(text: str, sslmode: str | None) -> None:
    """A host that is not local is reached over TLS; an explicit mode is kept."""
    assert engine_url(text).query.get("sslmode") == sslmode


@pytest.mark.parametrize("text", ["mysql://root:secret@localhost/d", "not a url secret", "postgres//secret"])
def test_engine_url_refuses_what_it_cannot_use_and_shows_no_password(text: str) -> None:
    """The error names the variable and the fix, and never the text, which may hold a password."""
    with pytest.raises(ConfigInvalid, match=r"DATABASE_URL cannot be used: .* Fix: ") as caught:
        engine_url(text)

    assert "secret" not in str(caught.value)


def test_engine_works_where_psycopg_3_is_absent() -> None:
    """The engine is made with psycopg2 also in an environment that has no psycopg 3."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PSYCOPG],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )

    assert done.stdout.split() == ["psycopg2"] * 4, done.stderr


def test_init_persistence_without_url_makes_a_migrated_sqlite_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `DATABASE_URL` there is a SQLite file, with all tables and foreign keys on."""
    monkeypatch.chdir(tmp_path)

    database = init_persistence({})

    with database.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        foreign_keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    database.engine.dispose()
    assert (tmp_path / "raptor.db").exists()
    assert {"users", "historical_bars", "status_events"} <= tables
    assert foreign_keys == 1


def test_init_persistence_uses_the_restricted_role_when_the_flag_is_on() -> None:
    """With role separation the application's own URL is used, and the owner's is not."""
    environ = {
        "FLAG_RAPTOR_APP_ROLE_SEPARATION": "1",
        "RAPTOR_APP_DATABASE_URL": "postgres://raptor_app:x@localhost/raptor",
        "DATABASE_URL": "postgres://owner:x@localhost/raptor",
    }

    assert init_persistence(environ).engine.url.username == "raptor_app"


def test_init_persistence_says_when_the_restricted_url_is_missing() -> None:
    """The flag without the URL is an error that names both, and not a silent fallback to the owner."""
    with pytest.raises(ConfigInvalid, match=r"RAPTOR_APP_DATABASE_URL .*FLAG_RAPTOR_APP_ROLE_SEPARATION"):
        init_persistence({"FLAG_RAPTOR_APP_ROLE_SEPARATION": "1", "DATABASE_URL": "postgres://owner@localhost/d"})


@pytest.mark.parametrize("size", ["0", "-1", "many"])
def test_init_persistence_refuses_a_pool_size_that_makes_no_sense(size: str) -> None:
    """A pool size is a whole number above 0."""
    with pytest.raises(ConfigInvalid, match="RAPTOR_DB_POOL_SIZE"):
        init_persistence({"DATABASE_URL": "postgres://u@localhost/d", "RAPTOR_DB_POOL_SIZE": size})


def test_connect_commits_on_success_and_rolls_back_on_error(tmp_path: Path) -> None:
    """What a block did stays when it ends, and is gone when it raises, DDL included."""
    database = Database.open(sa.make_url(f"sqlite:///{tmp_path}/x.db"))
    with database.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE kept (id INTEGER)")

    with pytest.raises(sa.exc.OperationalError), database.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE lost (id INTEGER)")
        connection.exec_driver_sql("CREATE TABLE kept (id INTEGER)")

    assert sa.inspect(database.engine).get_table_names() == ["kept"]
    database.engine.dispose()
