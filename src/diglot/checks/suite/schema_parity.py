"""SQLite's schema, Postgres's schema and the metadata say the same, in words that they share.

Both databases are read as their migrations made them, and both are compared with what the metadata declares for
their dialect; without `[tool.diglot] metadata` they are compared with each other only. Expressions are compared by
what they mean. What is known to be the same under two names is explained by a rule, and is no finding.
"""

from sqlalchemy import MetaData

from diglot.checks.finding import Outcome
from diglot.checks.parity.compare import compare_schemas
from diglot.checks.workbench import Workbench
from diglot.schema.logical import Schema
from diglot.schema.read_metadata import read_metadata
from diglot.schema.read_postgresql import read_postgresql
from diglot.schema.read_sqlite import read_sqlite

POSITION = 70
_NO_METADATA = "[tool.diglot] names no metadata: the databases are compared with each other only"


def run(bench: Workbench) -> Outcome:
    """Return a finding for each difference that no rule explains."""
    bench.tell("schema-parity: reading the schemas")
    metadata = None if bench.settings.metadata is None else bench.metadata
    sqlite = read_sqlite(bench.sqlite)
    with bench.connect(bench.migrated) as connection:
        postgresql = read_postgresql(connection)
    declared = None if metadata is None else _declared(metadata)
    compared = compare_schemas(sqlite, postgresql, declared, lambda text: bench.tell(f"schema-parity: {text}"))
    not_done = [] if metadata is not None else [_NO_METADATA]
    not_done += [f"{one} could not be read as an expression: compared token by token" for one in compared.unread]
    ways = "metadata, SQLite, Postgres" if declared else "SQLite, Postgres"
    looked_at = (("tables", str(compared.tables)), ("compared", ways))
    return Outcome(compared.findings, looked_at, tuple(not_done))


def _declared(metadata: MetaData) -> tuple[Schema, Schema]:
    return read_metadata(metadata, "sqlite"), read_metadata(metadata, "postgresql")
