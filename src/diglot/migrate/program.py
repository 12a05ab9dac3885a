"""Run the project's migrations in a process of their own.

An environment script may configure logging, start an event loop or connect by itself; none of
that reaches the test run, which therefore never imports Alembic.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import URL

from diglot.errors.migrations import ConnectionIgnored, MigrationFailed
from diglot.settings import MigrationSource

EXIT_CONNECTION_IGNORED = 3

_OUTPUT_LINES = 30


def migrate(root: Path, source: MigrationSource, url: URL) -> None:
    """Bring the database at `url` to the newest schema.

    `DATABASE_URL` is that database while the migrations run, so that no other is ever reached.
    Raises MigrationFailed (DG202) with what the migrations printed, ConnectionIgnored (DG203).
    """
    order = {"root": str(root), "kind": source.kind, "target": source.target}
    shown = url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-m", "diglot.migrate.upgrade", json.dumps(order)],
        cwd=root,
        env={**os.environ, "DATABASE_URL": shown, "PYTHONPATH": _import_path(root), "DIGLOT_MIGRATING": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == EXIT_CONNECTION_IGNORED:
        raise ConnectionIgnored(source=source.target)
    if done.returncode != 0:
        output = "\n".join((done.stdout + done.stderr).strip().splitlines()[-_OUTPUT_LINES:])
        if url.password:
            output = output.replace(str(url.password), "***")
        raise MigrationFailed(dialect=url.get_backend_name(), source=source.target, output=output)


def _import_path(root: Path) -> str:
    return os.pathsep.join(dict.fromkeys([str(root), *filter(None, sys.path)]))
