"""The whole check, on a small Alembic project with a real chain."""

from dataclasses import replace
from pathlib import Path

import pytest
from alembic_projects import AlembicProject

from diglot.checks.finding import Outcome
from diglot.checks.options import Options
from diglot.checks.suite import statements
from diglot.checks.workbench import Workbench
from diglot.errors.statements import TraceMissing
from diglot.parity.traced import Traced, encode, write_traced
from diglot.provision.postgres import PostgresServer

ORDERS = """
import sqlalchemy as sa

FIND = "SELECT id FROM orders WHERE placed > :since"

def find(connection, since):
    return connection.execute(sa.text(FIND), {"since": since})

def cancel(connection, order_id):
    connection.exec_driver_sql("UPDATE orders SET paid = 0 WHERE id = ?", (order_id,))
"""


@pytest.fixture
def project(tmp_path: Path) -> AlembicProject:
    """A project of one table, with a repository of two statements."""
    made = AlembicProject(tmp_path)
    made.add(
        "a1",
        None,
        'op.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, placed TIMESTAMPTZ, paid BOOLEAN)")',
        'op.execute("DROP TABEL orders")',
    )
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "__init__.py").write_text("")
    (tmp_path / "shop" / "orders.py").write_text(ORDERS)
    return made


def _run(project: AlembicProject, server: PostgresServer, traced: Path | None = None) -> tuple[Outcome, list[str]]:
    told: list[str] = []
    settings = project.settings(sources=("shop",))
    bench = Workbench(settings, lambda: server, replace(Options(), traced=traced), told.append)
    try:
        return statements.run(bench), told
    finally:
        bench.close()


@pytest.fixture
def outcome(project: AlembicProject, diglot_server: PostgresServer) -> Outcome:
    """What the check says about the project."""
    return _run(project, diglot_server)[0]


def test_check_finds_what_no_test_reaches(outcome: Outcome) -> None:
    """A placeholder in a statement that nobody ran, and a downgrade that nobody tried, are found at their lines."""
    found = [(one.kind, one.site) for one in outcome.findings]

    assert found == [
        ("statements.placeholder", "shop/orders.py:10"),
        ("statements.syntax", "migrations/versions/a1_make.py:15"),
    ]


def test_check_says_what_it_looked_at(outcome: Outcome) -> None:
    """Files, texts and what was judged are counted."""
    assert dict(outcome.looked_at) == {
        "files": "3",
        "texts found": "4",
        "statements traced": "0",
        "judged by Postgres": "4",
        "types unknown": "0",
        "not for Postgres": "0",
        "cannot be folded": "0",
    }


def test_check_is_the_same_twice(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """Two runs, in two databases, give the same findings with the same keys."""
    first, _ = _run(project, diglot_server)
    second, told = _run(project, diglot_server)

    assert first == second
    assert [one.key for one in first.findings] == [one.key for one in second.findings]
    assert told[0] == "statements: reading the sources"


def test_check_judges_a_trace(project: AlembicProject, diglot_server: PostgresServer, tmp_path: Path) -> None:
    """A statement of the trace that types refuse is found beside those of the source."""
    sql, rendered = "SELECT id FROM orders WHERE paid = :paid", "SELECT id FROM orders WHERE paid = %(paid)s"
    one = Traced(
        "text", sql, rendered, (("paid", "int4"),), "", "shop/orders.py", 8, "find", "tests/test_x.py::test_x"
    )
    write_traced(tmp_path / "x.jsonl", encode([one]))

    found, _ = _run(project, diglot_server, tmp_path / "x.jsonl")

    contracts = {(one.kind, one.site): one.contract for one in found.findings}
    assert contracts["statements.types", "shop/orders.py:8"] == "diglot check statements --traced"


def test_check_refuses_a_missing_trace_at_once(project: AlembicProject, diglot_server: PostgresServer) -> None:
    """A file that is not there is told before anything is migrated."""
    with pytest.raises(TraceMissing):
        _run(project, diglot_server, project.folder / "nothing.jsonl")
