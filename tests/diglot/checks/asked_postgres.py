"""A Postgres with the schema of the idioms, and what the check says about a text or a source on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from idioms import SCHEMA

from diglot.checks.finding import Finding, Outcome
from diglot.checks.statements.found import Span, Text
from diglot.checks.statements.judge import Judge
from diglot.checks.statements.judging import Judging
from diglot.checks.statements.server import Server
from diglot.checks.statements.sources import read_sources
from diglot.checks.statements.survey import Survey
from diglot.dialects import postgresql
from diglot.parity.traced import Traced
from diglot.provision.postgres import PostgresServer
from diglot.settings import ChecksSettings, MigrationSource, Settings


@contextmanager
def migrated(server: PostgresServer) -> Iterator[Any]:
    """Yield a connection to a database with the idioms' schema."""
    url = server.create_database("check", empty=True)
    connection = postgresql.connect_admin(url.set(drivername="postgresql"))
    try:
        connection.cursor().execute(SCHEMA)
        yield connection
    finally:
        connection.close()
        server.drop_database(url)


def judging(connection: Any, *, fills_in: bool = True) -> Judging:
    """Return who judges on this database, as with psycopg2 or as with psycopg."""
    server = Server(connection)
    return Judging(Judge(server, fills_in=fills_in), server.schema(), {})


def text_of(sql: str, style: str = "text", shape: str = "statement") -> Text:
    """Return a text as if it had been found."""
    span = Span("app/orders.py", 7, 7)
    return Text(sql, style, shape, "text()", span, span, substitutes=style != "plain")


def traced_of(sql: str, types: tuple[tuple[str, str], ...], kind: str = "text", rendered: str = "") -> Traced:
    """Return a statement as if a run on SQLite had recorded it."""
    return Traced(kind, sql, rendered or sql, types, "", "app/orders.py", 7, "find", "tests/test_orders.py::test_find")


def survey(
    connection: Any,
    root: Path,
    *,
    driver: str = "psycopg2",
    revisions: tuple[str, ...] = (),
    sqlite: MigrationSource | None = None,
    traced: tuple[Traced, ...] = (),
    **files: str,
) -> Outcome:
    """Write these files as the package `app`, `__` for a folder, and return what the check says about them."""
    for name, content in files.items():
        path = root / "app" / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    migrations = {} if sqlite is None else {"sqlite": sqlite}
    settings = Settings(root=root, driver=driver, checks=ChecksSettings(sources=("app",)), migrations=migrations)
    sources = read_sources(settings, [root / one for one in revisions])
    return Survey(settings, sources, connection).outcome(traced)


def kinds(outcome: Outcome) -> list[str]:
    """Return the findings' kinds, without the check's name."""
    return [one.kind.removeprefix("statements.") for one in outcome.findings]


def kind_of(finding: Finding | None) -> str:
    """Return one finding's kind, "" for none."""
    return "" if finding is None else finding.kind.removeprefix("statements.")
