"""`python -m backend_v2.admin.grant`: the first administrator, on a SQLite file."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from backend_v2.admin.grant import main
from backend_v2.auth.records import User
from backend_v2.auth.repositories import AuditRepository, UserRepository
from backend_v2.clock import utc_now
from backend_v2.db import Database, init_persistence
from backend_v2.db.tables import auth


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A migrated SQLite file, named by the environment, with one user."""
    monkeypatch.setenv("DATABASE_URL", f"sqlite+pysqlite:///{tmp_path}/raptor.db")
    monkeypatch.delenv("FLAG_RAPTOR_APP_ROLE_SEPARATION", raising=False)
    database = init_persistence(os.environ)
    with database.connect() as connection:
        UserRepository(connection).add(User(uuid4(), b"h", "ada@example.com", "Ada", False, None, utc_now()))
    yield database
    database.engine.dispose()


def _user(database: Database) -> User:
    with database.connect() as connection:
        user = UserRepository(connection).find_by_email("ada@example.com")
    assert user is not None
    return user


def _events(database: Database) -> list[tuple[str, str | None]]:
    user = _user(database)
    with database.connect() as connection:
        return [(one.event, one.actor) for one in AuditRepository(connection).of_user(user.id)]


def test_grant_makes_an_administrator_once(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """The email may be written in any case; a second call says that it is so already, and logs nothing more."""
    codes = [main(["Ada@Example.com"]), main(["ada@example.com"])]

    assert codes == [0, 0]
    assert _user(database).is_admin is True
    assert _events(database) == [("admin_granted", "command line")]
    assert capsys.readouterr().out.splitlines() == [
        "ada@example.com is an administrator",
        "ada@example.com is an administrator already",
    ]


def test_revoke_takes_it_back(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """A revoked administrator is a customer again, and it is logged."""
    main(["ada@example.com"])

    codes = [main(["ada@example.com", "--revoke"]), main(["ada@example.com", "--revoke"])]

    assert codes == [0, 0]
    assert _user(database).is_admin is False
    assert [event for event, _ in _events(database)] == ["admin_granted", "admin_revoked"]
    assert capsys.readouterr().out.endswith("ada@example.com is no administrator already\n")


def test_grant_of_nobody_says_what_to_do(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """Who has not registered cannot be made an administrator: 1, with the reason on the error stream."""
    code = main(["bob@example.com"])

    out, err = capsys.readouterr()
    assert (code, out) == (1, "")
    assert err == "grant: there is no user with the email 'bob@example.com': they have to register first\n"
    assert _user(database).is_admin is False


def test_grant_of_a_suspended_customer_is_refused(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    """No administrator is suspended: 1, and nothing changes."""
    with database.connect() as connection:
        connection.execute(sa.update(auth.users).values(suspended_at=utc_now()))

    code = main(["ada@example.com"])

    assert code == 1
    assert "suspended: reinstate them first" in capsys.readouterr().err
    assert _user(database).is_admin is False


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL cannot be used"), ("RAPTOR_DB_POOL_SIZE", "0", "above 0")],
)
def test_grant_says_what_is_wrong_with_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str, said: str
) -> None:
    """A setting that cannot be used is 2, with its name and the fix."""
    monkeypatch.setenv(name, value)

    code = main(["ada@example.com"])

    assert code == 2
    assert said in capsys.readouterr().err


def test_grant_says_that_the_database_does_not_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database that is not there is 1, without a stack trace and without a password."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://ada:secret@127.0.0.1:1/x")

    code = main(["ada@example.com"])

    err = capsys.readouterr().err
    assert code == 1
    assert err.startswith("grant: the database does not answer as it should: ")
    assert "secret" not in err


@pytest.mark.parametrize("arguments", [[], ["a@b", "c@d"], ["a@b", "--grant"]], ids=str)
def test_grant_refuses_a_wrong_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """A command that is not understood is 2, with the usage."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    assert stopped.value.code == 2
    assert "usage: python -m backend_v2.admin.grant" in capsys.readouterr().err


def test_grant_runs_as_a_module(database: Database) -> None:
    """The command works as it is written in the documentation, and hands over its exit code."""
    command = [sys.executable, "-m", "backend_v2.admin.grant"]
    done = subprocess.run([*command, "ada@example.com"], capture_output=True, text=True, check=False)
    failed = subprocess.run([*command, "bob@example.com"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "ada@example.com is an administrator\n")
    assert failed.returncode == 1
    assert _user(database).is_admin is True
