"""Every SQL text of the source, and every traced statement, is taken by a migrated Postgres.

Each text that reaches `text()`, `exec_driver_sql()`, a cursor, `op.execute()`, a server default, a CHECK or the
condition of an index is read out of the source, constants folded, and handed to PREPARE on a database that the
migrations made. So a `?`, a function that Postgres does not have, or a boolean that is compared with 1 is found on
lines, too, that no test reaches. With `--traced FILE`, which `pytest --dialect sqlite --diglot-statements FILE`
wrote, every statement of that run is judged as well, with the types of its parameters.

A statement that never runs on Postgres says so: `# diglot: sqlite only - reason`.
"""

from pathlib import Path

from diglot.checks.finding import Outcome
from diglot.checks.statements.sources import read_sources
from diglot.checks.statements.survey import Survey
from diglot.checks.workbench import Workbench
from diglot.parity.traced import read_traced

POSITION = 80


def run(bench: Workbench) -> Outcome:
    """Judge the texts of the sources, and the traced statements when there are some."""
    settings = bench.settings
    traced = () if bench.options.traced is None else read_traced(bench.options.traced)
    bench.tell("statements: reading the sources")
    sources = read_sources(settings, _revisions(bench))
    with bench.connect(bench.migrated) as connection:
        return Survey(settings, sources, connection, bench.tell).outcome(traced)


def _revisions(bench: Workbench) -> list[Path]:
    """The files of the Alembic revisions; none where the Postgres schema is made in another way."""
    if bench.settings.migration_source("postgresql").kind != "alembic":
        return []
    return [bench.settings.root / one.path for one in bench.chain.graph().revisions]
