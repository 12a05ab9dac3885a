"""`DATABASE_URL` selects a server: Postgres runs there, in databases beside the one that it names."""

from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest

from diglot.provision.databases import DatabaseAdmin
from diglot.provision.postgres import PostgresServer

TEST = """
    import shop

    def test_add(diglot):
        assert shop.add(diglot.engine, "a") == 2
        assert diglot.url.database.startswith("diglot_worker_")
"""


@pytest.fixture
def borrowed(
    shop: pytest.Pytester, diglot_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DatabaseAdmin]:
    """A server that the project reaches by URL, under a role of its own, which sees nobody else's databases."""
    role = f"borrower_{uuid4().hex}"
    monkeypatch.setenv("DATABASE_URL", f"postgresql://{role}@/raptor_test?host={diglot_server.host}")
    with closing(DatabaseAdmin(diglot_server.url)) as owner:
        owner.query(f"CREATE ROLE {role} LOGIN CREATEDB")
        with closing(DatabaseAdmin(diglot_server.url.set(username=role))) as admin:
            yield admin
            for name in admin.marked():
                admin.drop(name)
        owner.query(f"DROP ROLE {role}")


def test_url_of_postgres_runs_postgres_there(shop: pytest.Pytester, borrowed: DatabaseAdmin) -> None:
    """Only Postgres runs, the header says where, and nothing but the template stays."""
    shop.makepyfile(TEST)

    first = shop.runpytest()
    second = shop.runpytest("-n", "2")

    first.assert_outcomes(passed=1, deselected=1)
    first.stdout.fnmatch_lines(["diglot: postgresql 1*.* (borrower_* at *, ready in *, template ?????? built)"])
    second.stdout.fnmatch_lines(["diglot: postgresql 1*.* (borrower_* at *, ready in *, template ?????? cached)"])
    assert {one.kind for one in borrowed.marked().values()} == {"template"}


def test_server_that_is_down_ends_the_run(shop: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was told to use a server does not quietly use another one."""
    monkeypatch.setenv("DATABASE_URL", f"postgresql://me:secret@/d?host={shop.path}")
    shop.makepyfile(TEST)

    result = shop.runpytest()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: DG603: no Postgres answers at *"])
    assert "secret" not in result.stderr.str() + result.stdout.str()
