"""A failed test says how to look into it."""

import os
import re
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

FAILS = """
    import shop

    def test_fails(diglot):
        shop.add(diglot.engine, "broken")
        assert shop.names(diglot.engine) == []
"""


def test_failure_shows_the_last_statements(sqlite_shop: pytest.Pytester) -> None:
    """The report has the SQL that ran, with times."""
    sqlite_shop.makepyfile(FAILS)

    result = sqlite_shop.runpytest()

    result.stdout.fnmatch_lines(
        ["*diglot: last statements on sqlite 3.*", "*ms  INSERT INTO items*", "*ms  SELECT items.name*"]
    )


def test_keep_failed_keeps_the_database(shop: pytest.Pytester) -> None:
    """The failed test is run again in a database that stays, and the command to open it is shown."""
    shop.makepyfile(FAILS)

    result = shop.runpytest_subprocess("--keep-failed")

    shown = result.stdout.str()
    path = re.search(r"sqlite3 (\S+\.sqlite3)", shown)
    host, database, holder = re.search(r"psql -h (\S+) .* (diglot_kept_\S+) .*kill (\d+)\)", shown).groups()
    connection = psycopg2.connect(host=host, user="postgres", dbname=database)
    cursor = connection.cursor()
    cursor.execute("SELECT name FROM items ORDER BY id")
    kept = [name for (name,) in cursor.fetchall()]
    connection.close()
    os.kill(int(holder), signal.SIGTERM)
    result.assert_outcomes(failed=2)
    assert "In its own database the test failed as well." in shown
    with closing(sqlite3.connect(path[1])) as file:
        rows = file.execute("SELECT name FROM items ORDER BY id").fetchall()
    assert rows == [("seed",), ("broken",)]
    assert kept == ["seed", "broken"]


def test_keep_failed_keeps_nothing_of_what_passes(sqlite_shop: pytest.Pytester, shop_cache: Path) -> None:
    """A test that passes is run once, and leaves nothing."""
    sqlite_shop.makepyfile("def test_passes(diglot): pass")
    before = subprocess.check_output(["ls", "-R", str(shop_cache)])

    result = sqlite_shop.runpytest("--keep-failed", "-v")

    result.assert_outcomes(passed=1, deselected=1)
    assert b"kept" in before or b"kept" not in subprocess.check_output(["ls", "-R", str(shop_cache)])
