"""`--diglot-statements FILE`: the statements of a run on SQLite, from one process or several, in one file."""

import json
from pathlib import Path
from typing import Any

import pytest

TESTS = """
    import pytest
    import sqlalchemy as sa
    from shop_sql import count, keys

    @pytest.mark.parametrize("n", range(4))
    def test_count(diglot, n):
        with diglot.connect() as connection:
            count(connection, n)

    def test_raw(diglot):
        connection = diglot.engine.raw_connection()
        connection.cursor().execute("SELECT 7 + ?", (1,))
        connection.close()

    @pytest.mark.only_on("sqlite", reason="a PRAGMA")
    def test_keys(diglot):
        with diglot.connect() as connection:
            keys(connection)

    def test_nothing():
        assert True
"""
SQL = """
import sqlalchemy as sa

def count(connection, n):
    connection.execute(sa.text("SELECT count(*) FROM items WHERE id > :n"), {"n": n})
    connection.exec_driver_sql("SELECT 5 + ?", (n,))

def keys(connection):
    connection.exec_driver_sql("PRAGMA foreign_keys")
"""


@pytest.fixture
def traced_shop(sqlite_shop: pytest.Pytester) -> pytest.Pytester:
    """The shop's project with SQL of its own, and tests that run it."""
    (sqlite_shop.path / "shop_sql.py").write_text(SQL)
    sqlite_shop.makepyfile(TESTS)
    return sqlite_shop


def _read(path: Path) -> list[dict[str, Any]]:
    first, *lines = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(first) == {"format": "diglot-statements 1"}
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("parity", ["report", "off"])
def test_run_writes_each_statement_once(traced_shop: pytest.Pytester, parity: str) -> None:
    """Each statement is kept once with its types, its place and a test; one that runs on SQLite only is not."""
    result = traced_shop.runpytest("--parity", parity, "--diglot-statements", "out/x.jsonl")

    found = _read(traced_shop.path / "out" / "x.jsonl")
    result.assert_outcomes(passed=7)
    assert [(one["kind"], one["sql"], one["types"]) for one in found] == [
        ("driver", "SELECT 5 + ?", [["", "int4"]]),
        ("text", "SELECT count(*) FROM items WHERE id > :n", [["n", "int4"]]),
        ("cursor", "SELECT 7 + ?", [["", "int4"]]),
    ]
    assert (found[0]["file"], found[0]["line"], found[0]["function"]) == ("shop_sql.py", 6, "count")
    assert found[0]["test"].endswith("test_count[0-sqlite]")
    result.stdout.fnmatch_lines(["diglot: 3 statements of this run are in out/x.jsonl: diglot check statements *"])


def test_workers_write_one_file(traced_shop: pytest.Pytester) -> None:
    """The statements of xdist's workers are joined."""
    result = traced_shop.runpytest("-p", "xdist", "-n", "2", "--diglot-statements", "x.jsonl")

    result.assert_outcomes(passed=7)
    assert len(_read(traced_shop.path / "x.jsonl")) == 3


def test_run_without_the_option_looks_at_nothing(traced_shop: pytest.Pytester) -> None:
    """Without the option no plugin is registered and no file is written."""
    before = {path.name for path in traced_shop.path.iterdir()}

    result = traced_shop.runpytest("--trace-config")

    result.stdout.no_fnmatch_line("*diglot-statements*_Statements*")
    assert {path.name for path in traced_shop.path.iterdir()} - before <= {"__pycache__"}


def test_run_on_postgres_alone_is_refused(traced_shop: pytest.Pytester) -> None:
    """There is nothing to keep in a run without SQLite, which is told before it begins."""
    result = traced_shop.runpytest("--dialect", "postgresql", "--diglot-statements", "x.jsonl")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--diglot-statements keeps what runs on SQLite*Fix: --dialect sqlite"])


def test_file_that_cannot_be_written_is_told(traced_shop: pytest.Pytester) -> None:
    """A path that is a folder ends the run with an error that names it."""
    (traced_shop.path / "x.jsonl").mkdir()

    result = traced_shop.runpytest("--diglot-statements", "x.jsonl")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["*DG308*x.jsonl*"])
