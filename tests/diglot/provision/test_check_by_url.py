"""`diglot check` on a server that is reached by URL, as a role that may create databases and no more."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tcp_server import PASSWORD, TcpServer

DEPOT = Path(__file__).parents[1] / "assets" / "depot"
DATABASES = "SELECT datname FROM pg_database WHERE datname LIKE 'diglot%'"


def _check(folder: Path, url: str) -> "subprocess.CompletedProcess[str]":
    project = shutil.copytree(DEPOT, folder / "depot", ignore=shutil.ignore_patterns("__pycache__"))
    return subprocess.run(
        [sys.executable, "-P", "-c", "from diglot.cli import main; raise SystemExit(main())", "check"],
        cwd=project,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_check_works_beside_the_database_of_the_url_and_leaves_nothing(server: TcpServer, tmp_path: Path) -> None:
    """All checks hold on a borrowed server, whose own databases are the same afterwards."""
    done = _check(tmp_path, server.url())

    assert done.returncode == 0, done.stdout
    assert f"maker at 127.0.0.1:{server.port}" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr
    assert server.run_sql(DATABASES) == []
    assert server.run_sql("SELECT count(*) FROM pg_class WHERE relnamespace = 2200", database="theirs") == [(0,)]


def test_check_says_what_a_role_may_not_do(server: TcpServer, tmp_path: Path) -> None:
    """A role that may not create databases is told once, and what needs no server is checked all the same."""
    done = _check(tmp_path, server.url("reader"))

    assert done.returncode == 2
    assert "ok  heads" in done.stdout
    assert done.stdout.count("DG605: ") == 1
    assert PASSWORD not in done.stdout + done.stderr
