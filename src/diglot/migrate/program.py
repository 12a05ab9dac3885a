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
ELSEWHERE = "diglot: env.py connects to "
"""What comes before the address of another database, in the last line of the output."""

_OUTPUT_LINES = 30


class Migration:
    """The project's migrations, in a process that starts at once and waits to be told on which database.

    Importing Alembic takes longer than starting a server: both can happen at the same time.
    """

    def __init__(self, root: Path, source: MigrationSource) -> None:
        self._source = source
        order = {"root": str(root), "kind": source.kind, "target": source.target, "before": source.before}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "diglot.migrate.upgrade", json.dumps(order)],
            cwd=root,
            env={**os.environ, "PYTHONPATH": import_path(root)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, url: URL) -> None:
        """Bring the database at `url` to the newest schema.

        `DATABASE_URL` is that database while the migrations run, so that no other is ever reached.
        Raises MigrationFailed (DG202) with what the migrations printed, ConnectionIgnored (DG203).
        """
        output, _ = self._process.communicate(url.render_as_string(hide_password=False))
        if self._process.returncode == EXIT_CONNECTION_IGNORED:
            elsewhere = output.rpartition(ELSEWHERE)[2].strip() if ELSEWHERE in output else ""
            raise ConnectionIgnored(source=self._source.target, elsewhere=elsewhere)
        if self._process.returncode != 0:
            shown = "\n".join(output.strip().splitlines()[-_OUTPUT_LINES:])
            if url.password:
                shown = shown.replace(str(url.password), "***")
            raise MigrationFailed(dialect=url.get_backend_name(), source=self._source.target, output=shown)

    def abandon(self) -> None:
        """End the process if it has not been told a database."""
        if self._process.returncode is None:
            self._process.kill()
            self._process.communicate()


def migrate(root: Path, source: MigrationSource, url: URL) -> None:
    """Start the migrations and run them on `url`; raises as `Migration.run` does."""
    Migration(root, source).run(url)


def import_path(root: Path) -> str:
    """Return the `PYTHONPATH` with which a process imports what this one could, the project first."""
    return os.pathsep.join(dict.fromkeys([str(root), *filter(None, sys.path)]))
