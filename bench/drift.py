"""Which drifts Alembic's autogenerate sees, kind by kind, and which `diglot check drift` sees.

Each drift of `tests/diglot/checks/drifts.py` is planted in one schema and undone again. Alembic is asked three times:
as it is, with `compare_server_default=True`, and with every plugin that it brings along as well.
"""

import runpy
import warnings
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import URL, Connection, MetaData, create_engine
from sqlalchemy.pool import NullPool

from diglot.checks.drift.judging import judge
from diglot.choice import Choice
from diglot.provision.postgres import open_bare_postgres
from diglot.schema.catalog import read_catalog
from diglot.settings import Settings

ROOT = Path(__file__).parents[1]
PLANTED = runpy.run_path(str(ROOT / "tests" / "diglot" / "checks" / "drifts.py"))
DEFAULTS = {"compare_server_default": True}
PLUGINS = {**DEFAULTS, "autogenerate_plugins": ["alembic.autogenerate.*", "alembic.ext.*"]}
ASKED: tuple[dict[str, Any], ...] = ({}, DEFAULTS, PLUGINS)
HEADINGS = ("alembic", "+defaults", "+plugins", "diglot")


def main() -> None:
    """Print the table, and how many each misses."""
    metadata, drifts = PLANTED["metadata"](), PLANTED["ALL"]
    seen = []
    with database() as url, closing(create_engine(url, poolclass=NullPool).connect()) as connection:
        metadata.create_all(connection)
        connection.exec_driver_sql(PLANTED["BEYOND"])
        connection.commit()
        before = looks(connection, metadata)
        declared = read_catalog(connection.connection.dbapi_connection)
        connection.rollback()
        print(row("drift", HEADINGS))
        for drift in drifts:
            connection.exec_driver_sql(drift.sql)
            after = looks(connection, metadata)
            found = judge(declared, read_catalog(connection.connection.dbapi_connection))
            connection.rollback()
            seen.append((*(one != other for one, other in zip(before, after, strict=True)), bool(found)))
            print(row(drift.name, ["seen" if one else "missed" for one in seen[-1]]))
    missed = [sum(not one for one in column) for column in zip(*seen, strict=True)]
    print(row(f"missed, of {len(drifts)}", map(str, missed)))


def row(name: str, cells: Iterable[str]) -> str:
    """Return one line of the table."""
    return f"{name:<30}" + "".join(f"{cell:>12}" for cell in cells)


def looks(connection: Connection, metadata: MetaData) -> list[str]:
    """Return what Alembic would write into a revision, for each way of asking it."""
    with warnings.catch_warnings(action="ignore"):  # it warns of dialects and of what it cannot modify
        return [revision(MigrationContext.configure(connection, opts=dict(options)), metadata) for options in ASKED]


def revision(context: MigrationContext, metadata: MetaData) -> str:
    """Return what Alembic would write into a revision."""
    operations = produce_migrations(context, metadata).upgrade_ops
    assert operations is not None
    return render_python_code(operations)


@contextmanager
def database() -> Iterator[URL]:
    """Yield an empty database on the bundled server."""
    server = open_bare_postgres(Settings(root=ROOT), Choice(("postgresql",), "embedded", "rewind"), "bench")
    with closing(server):
        yield server.create_database("check", empty=True)


if __name__ == "__main__":
    main()
