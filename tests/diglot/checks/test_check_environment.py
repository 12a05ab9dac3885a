"""`diglot check environment`: what both databases are, and what of it changes the meaning of SQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL

from diglot.checks.options import Options
from diglot.checks.suite import environment
from diglot.checks.workbench import Workbench
from diglot.dialects import postgresql
from diglot.errors.data import NotSqlite
from diglot.provision.postgres import PostgresServer
from diglot.settings import MigrationSource, Settings
from tests.diglot.checks.alembic_projects import AlembicProject

TOLD = {
    "postgresql", "encoding", "collation", "ctype", "TimeZone", "default_transaction_isolation",
    "standard_conforming_strings", "bytea_output", "IntervalStyle", "DateStyle", "lc_monetary", "lc_numeric",
    "search_path", "driver", "SQLAlchemy", "sqlite", "sqlite options", "plain sqlite connection",
}  # fmt: skip


class OtherDatabases:
    """A server whose databases are made by a statement of our own."""

    def __init__(self, server: PostgresServer, ending: str, setting: str) -> None:
        self._server, self._ending, self._setting = server, ending, setting
        self._own = server.create_database("check", empty=True)

    def create_database(self, _kind: str, *, empty: bool) -> URL:
        """Create a database as the test wants it."""
        assert empty
        name = f"{self._own.database}_other"
        with closing(postgresql.connect_admin(self._own.set(drivername="postgresql"))) as connection:
            cursor = connection.cursor()
            cursor.execute(f"CREATE DATABASE {name} {self._ending}")
            cursor.execute(f"ALTER DATABASE {name} SET {self._setting}")
        return self._own.set(database=name)

    def drop_database(self, url: URL) -> None:
        """Drop it, and what was needed to make it."""
        with closing(postgresql.connect_admin(self._own.set(drivername="postgresql"))) as connection:
            connection.cursor().execute(f"DROP DATABASE {url.database}")
        self._server.drop_database(self._own)


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """A project with one table on Postgres."""
    project = AlembicProject(tmp_path / "project")
    project.add("a", None, 'op.create_table("t", sa.Column("flag", sa.Boolean))')
    return project


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A SQLite file with the same table, and one row that is neither true nor false."""
    path = tmp_path / "app.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE t (flag BOOLEAN); INSERT INTO t VALUES (2)")
    return path


def test_environment_tells_what_both_databases_are(diglot_server: PostgresServer, tmp_path: Path) -> None:
    """Versions, encodings, collations and settings are facts; a server as Diglot makes it leads to no finding."""
    outcome = environment.run(Workbench(Settings(tmp_path), lambda: diglot_server))

    facts = dict(outcome.looked_at)
    assert set(facts) == TOLD
    assert facts["encoding"] == "UTF8"
    assert facts["postgresql"] == diglot_server.dialect.version
    assert facts["sqlite"] == sqlite3.sqlite_version
    assert facts["driver"].startswith("psycopg2 2")
    assert "foreign_keys=0" in facts["plain sqlite connection"]
    assert outcome.not_done == ()


def test_environment_has_no_finding_on_a_server_of_ours(diglot_server: PostgresServer, tmp_path: Path) -> None:
    """A database as Diglot's own server makes it, with Postgres's own settings, leads to no finding."""
    server = OtherDatabases(diglot_server, "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'", "search_path = public")

    outcome = environment.run(Workbench(Settings(tmp_path), lambda: server))  # type: ignore[arg-type, return-value]

    assert outcome.findings == ()


@pytest.mark.parametrize(
    ("setting", "kind", "said"),
    [
        ("standard_conforming_strings = off", "standard-conforming-strings", "off: a backslash"),
        ("bytea_output = escape", "bytea-output", "escape: "),
        ("IntervalStyle = iso_8601", "intervalstyle", "iso_8601: "),
        ("default_transaction_isolation = serializable", "default-transaction-isolation", "serializable: "),
    ],
)
def test_environment_reports_a_setting_that_changes_meaning(
    diglot_server: PostgresServer, tmp_path: Path, setting: str, kind: str, said: str
) -> None:
    """A setting that makes SQL mean something else than on a server as it comes is a finding, with its fix."""
    server = OtherDatabases(diglot_server, "TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'", setting)

    outcome = environment.run(Workbench(Settings(tmp_path), lambda: server))  # type: ignore[arg-type, return-value]

    (finding,) = outcome.findings
    assert finding.kind == f"environment.{kind}"
    assert finding.facts[0][1].startswith(said)
    assert finding.fix.startswith(f"ALTER SYSTEM RESET {setting.partition(' ')[0]}")


def test_environment_reports_an_encoding_that_takes_any_bytes(diglot_server: PostgresServer, tmp_path: Path) -> None:
    """A database that is not UTF8 is a finding."""
    server = OtherDatabases(
        diglot_server, "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'", "search_path = public"
    )

    outcome = environment.run(Workbench(Settings(tmp_path), lambda: server))  # type: ignore[arg-type, return-value]

    (finding,) = outcome.findings
    assert (finding.kind, finding.facts) == (
        "environment.encoding",
        (("postgresql", "SQL_ASCII"), ("sqlite", "UTF-8")),
    )


@pytest.mark.parametrize(
    ("collation", "provider", "kinds"),
    [
        ("en_US.UTF-8", "libc", ["environment.collation"]),
        ("en-US", "icu", ["environment.collation"]),
        ("C", "libc", []),
        ("C.UTF-8", "builtin", []),
    ],
)
def test_environment_reports_a_collation_that_sorts_by_language(
    collation: str, provider: str, kinds: list[str]
) -> None:
    """A database that sorts by a language is a finding; one that sorts by code points, as SQLite does, is none."""
    assert [one.kind for one in environment.of_text("UTF8", collation, provider)] == kinds


@pytest.mark.parametrize(("actual", "kinds"), [("2.36", ["environment.collation-version"]), ("2.28", []), (None, [])])
def test_environment_reports_indexes_of_another_collation(actual: str | None, kinds: list[str]) -> None:
    """A library newer than the one that built the indexes sorts otherwise: a finding."""
    assert [one.kind for one in environment.of_version("2.28", actual)] == kinds


def test_environment_audits_a_file(diglot_server: PostgresServer, project: AlembicProject, data: Path) -> None:
    """With --data, a file's rows are held against the migrated schema."""
    bench = Workbench(project.settings(), lambda: diglot_server, Options(data=data))

    outcome = environment.run(bench)
    bench.close()

    (finding,) = [one for one in outcome.findings if one.seen_with]
    assert (finding.kind, finding.subject) == ("environment.data-not-boolean", "table t, column flag")
    assert finding.contract.endswith("environment --data")
    assert ("data", "1 table, 1 row") in outcome.looked_at


def test_environment_audits_against_a_schema_that_scripts_make(
    diglot_server: PostgresServer, tmp_path: Path, data: Path
) -> None:
    """A Postgres schema that is not made by Alembic is one to move to as well."""
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql/1.sql").write_text("CREATE TABLE other (id INTEGER PRIMARY KEY)", encoding="utf-8")
    settings = Settings(tmp_path, migrations={"postgresql": MigrationSource("scripts", "sql")})

    with closing(Workbench(settings, lambda: diglot_server, Options(data=data))) as bench:
        outcome = environment.run(bench)

    assert [(one.kind, one.subject) for one in outcome.findings] == [("environment.data-no-table", "table t")]
    assert ("data", "1 table, 1 row") in outcome.looked_at


def test_environment_refuses_a_bad_file_before_it_starts_a_server(tmp_path: Path) -> None:
    """What is wrong with the file is told without waiting for a server."""
    path = tmp_path / "notes.txt"
    path.write_text("no database", encoding="utf-8")
    bench = Workbench(Settings(tmp_path), lambda: pytest.fail("a server was started"), Options(data=path))

    with pytest.raises(NotSqlite, match=r"notes\.txt is no SQLite database"):
        environment.run(bench)
