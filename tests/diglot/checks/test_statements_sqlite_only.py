"""What never runs on Postgres says so, with a reason; the code around it may say it as well."""

from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest
from asked_postgres import kinds, migrated, survey, traced_of

from diglot.provision.postgres import PostgresServer

PRAGMA = 'c.exec_driver_sql("PRAGMA foreign_keys = ON")'


@pytest.fixture(scope="module")
def connection(diglot_server: PostgresServer) -> Iterator[Any]:
    """A database with the idioms' schema, for the whole module."""
    with migrated(diglot_server) as opened:
        yield opened


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"def run(c):\n    {PRAGMA}\n", ["syntax"]),
        (f"def run(c):\n    {PRAGMA}  # diglot: sqlite only - it turns keys on\n", []),
        (f"def run(c):\n    # diglot: sqlite only - it turns keys on\n    {PRAGMA}\n", []),
        (f"# diglot: sqlite only - only the SQLite engine is made here\ndef run(c):\n    {PRAGMA}\n", []),
        (f'"""SQLite."""\n\n# diglot: sqlite only - all of it\n\nimport os\ndef run(c):\n    {PRAGMA}\n', []),
        (f"def run(c):\n    {PRAGMA}  # diglot: sqlite only\n", ["sqlite-only-without-reason"]),
        (f"def run(c):\n    {PRAGMA}  # diglot: sqlite-only\n", ["sqlite-only-without-reason"]),
        ("def run(c):\n    c.exec_driver_sql('SELECT 1')  # diglot: sqlite only - why\n", ["sqlite-only-unneeded"]),
        ("# diglot: sqlite only - why\ndef run(c):\n    c.exec_driver_sql('SELECT 1')\n", ["sqlite-only-unneeded"]),
        ("def run(c):\n    return c  # diglot: sqlite only - why\n", ["sqlite-only-unneeded"]),
        (
            f"def run(c):\n    {PRAGMA}\n    return c  # diglot: sqlite only - why\n",
            ["syntax", "sqlite-only-unneeded"],
        ),
        (f"def run(c):\n    x = 1  # diglot: sqlite only - why\n    {PRAGMA}\n", ["syntax", "sqlite-only-unneeded"]),
        (f"def run(c):\n    '# diglot: sqlite only - why'\n    {PRAGMA}\n", ["syntax"]),
    ],
)
def test_remark_stands_for_its_line_or_its_file(
    connection: Any, tmp_path: Any, source: str, expected: list[str]
) -> None:
    """A remark covers the statement on its line, the one below it or the file; it needs a reason, and a statement."""
    assert kinds(survey(connection, tmp_path, orders=source)) == expected


def test_remark_stands_anywhere_in_a_call_of_several_lines(connection: Any, tmp_path: Any) -> None:
    """A statement of several lines may have its remark on any of them."""
    source = """
        def run(c):
            c.exec_driver_sql(
                "PRAGMA foreign_keys"  # diglot: sqlite only - it turns keys on
                " = ON"
            )
    """

    assert kinds(survey(connection, tmp_path, orders=dedent(source))) == []


@pytest.mark.parametrize(
    "condition",
    [
        "c.dialect.name in ('sqlite', 'mysql')",
        "c.dialect.name not in {'postgresql', 'mysql'}",
        "c.dialect.name == 'mssql'",
        "not c.dialect.name != 'sqlite'",
        "deep and c.dialect.name == 'sqlite'",
        "db_type == SQLITE",
        "db_type == dialects.MYSQL",
        "url.startswith('sqlite:///')",
        "'sqlite' in str(c.engine.url)",
        "self.is_sqlite",
        "_is_sqlite(c)",
        "not is_postgres",
    ],
)
def test_branch_that_postgres_never_enters_is_not_judged(connection: Any, tmp_path: Any, condition: str) -> None:
    """A condition that is false on Postgres is understood in the writings that projects have for it."""
    entered = f"def run(c):\n    if {condition}:\n        {PRAGMA}\n"
    left = f"def run(c):\n    if not ({condition}):\n        return\n    {PRAGMA}\n"

    assert kinds(survey(connection, tmp_path, entered=entered, left=left)) == []


@pytest.mark.parametrize(
    "condition",
    [
        "c.dialect.name in ('sqlite', 'postgresql')",
        "c.dialect.name in ('sqlite', other)",
        "c.dialect.name not in ('mysql', 'mssql')",
        "c.dialect.name != 'mssql'",
        "deep or c.dialect.name == 'sqlite'",
        "mode == SQLITE",
        "'sqlite' in names",
        "is_postgres",
        "is_sqlite_like",
        "c.dialect.name < 'sqlite'",
    ],
)
def test_branch_that_postgres_may_enter_is_judged(connection: Any, tmp_path: Any, condition: str) -> None:
    """A condition that may be true on Postgres, or that says nothing of a database, hides no statement."""
    source = f"def run(c):\n    if {condition}:\n        {PRAGMA}\n"

    assert kinds(survey(connection, tmp_path, orders=source)) == ["syntax"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"def set_sqlite_pragma(c, record):\n    {PRAGMA}\n", []),
        (f"class SqlLiteSetup:\n    def listen(self, c):\n        {PRAGMA}\n", []),
        (f"def set_up(c, record):\n    {PRAGMA}\n", ["syntax"]),
        ("def copy_from_sqlite(c):\n    c.exec_driver_sql('ATTACH DATABASE x AS y')\n", ["syntax"]),
        ("def copy_from_sqlite(c):\n    c.exec_driver_sql('SELECT ifnull(1, 2)')\n", ["unknown-function"]),
    ],
)
def test_pragma_in_what_is_named_after_sqlite_needs_no_remark(
    connection: Any, tmp_path: Any, source: str, expected: list[str]
) -> None:
    """A function or class that is called SQLite's may set its PRAGMAs; everything else in it is judged."""
    assert kinds(survey(connection, tmp_path, orders=source)) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"def run(c):\n    if c.dialect.name == 'sqlite':\n        {PRAGMA}\n", []),
        (f"def run(c):\n    if 'sqlite' == c.dialect.name:\n        {PRAGMA}\n", []),
        (f"def run(c):\n    if c.dialect.name != 'sqlite':\n        {PRAGMA}\n", ["syntax"]),
        (f"def run(c):\n    if c.dialect.name == 'postgresql':\n        pass\n    else:\n        {PRAGMA}\n", []),
        (f"def run(c):\n    if c.dialect.name == 'sqlite':\n        pass\n    else:\n        {PRAGMA}\n", ["syntax"]),
        (f"def run(c):\n    if c.dialect.name == 'postgresql':\n        return\n    {PRAGMA}\n", []),
        (f"def run(c):\n    if c.dialect.name == 'sqlite':\n        return\n    {PRAGMA}\n", ["syntax"]),
        (f"def run(c):\n    if c.name == 'sqlite':\n        {PRAGMA}\n", ["syntax"]),
        ("import sqlalchemy as sa\nd = sa.DDL('PRAGMA x').execute_if(dialect='sqlite')\n", []),
        ("import sqlalchemy as sa\nd = sa.DDL('PRAGMA x').execute_if(dialect='postgresql')\n", ["syntax"]),
    ],
)
def test_branch_for_sqlite_needs_no_remark(connection: Any, tmp_path: Any, source: str, expected: list[str]) -> None:
    """What stands in a branch that asks for SQLite's dialect is not judged."""
    assert kinds(survey(connection, tmp_path, orders=source)) == expected


@pytest.mark.parametrize(
    "source",
    [
        "def run(c, s):\n    # diglot: sqlite only - keys\n    c.exec_driver_sql(s)\n",
        "# diglot: sqlite only - keys\ndef run(c, s):\n    return c.exec_driver_sql(s)\n",
        "def run(c, s):\n    if c.dialect.name == 'sqlite':\n        c.exec_driver_sql(s)\n",
    ],
    ids=["line", "file", "branch"],
)
def test_traced_statement_is_declared_by_the_line_that_runs_it(connection: Any, tmp_path: Any, source: str) -> None:
    """A statement of a run is covered by the remark or the branch around its call, whose text is not known."""
    traced = traced_of("PRAGMA foreign_keys = ON", (), "driver")
    at = {**vars(traced), "line": 3}

    found = survey(connection, tmp_path, orders=source, traced=(type(traced)(**at),))

    assert kinds(found) == []
