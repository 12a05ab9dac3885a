"""The program that `diglot.migrate.program` starts: upgrade the database whose URL is its input.

Called as `python -m diglot.migrate.upgrade '{"root": ..., "kind": ..., "target": ...}'`; everything is
imported before the URL is read, and the URL, which may hold a password, is no argument.
"""

import importlib
import json
import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, inspect, make_url
from sqlalchemy.pool import NullPool

from diglot.migrate.program import EXIT_CONNECTION_IGNORED


def main() -> int:
    """Run the order given as the first argument; return the exit code."""
    order = json.loads(sys.argv[1])
    os.environ["DATABASE_URL"] = sys.stdin.read()
    engine = create_engine(make_url(os.environ["DATABASE_URL"]), poolclass=NullPool)
    target = order["target"]
    if order["kind"] == "alembic":
        return _alembic(engine, Path(order["root"]) / target)
    if order["kind"] == "scripts":
        _scripts(engine, Path(order["root"]) / target)
    else:
        module, _, name = target.partition(":")
        getattr(importlib.import_module(module), name)(engine)
    return 0


def _alembic(engine: Engine, ini: Path) -> int:
    """Upgrade to the heads over one connection, handed over in `config.attributes`."""
    config = Config(str(ini))
    config.set_main_option("sqlalchemy.url", engine.url.render_as_string(hide_password=False).replace("%", "%%"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
        connection.commit()
    table = config.get_main_option("version_table") or "alembic_version"
    with engine.connect() as connection:
        found = inspect(connection)
        schemas = found.get_schema_names()
        migrated = any(found.has_table(table, schema=schema) for schema in schemas)
    return 0 if migrated else EXIT_CONNECTION_IGNORED


def _scripts(engine: Engine, folder: Path) -> None:
    """Run every `*.sql` of the folder, in the order of their names."""
    connection = engine.raw_connection()
    try:
        for script in sorted(folder.glob("*.sql")):
            text = script.read_text(encoding="utf-8")
            cursor = connection.cursor()
            print(f"running {script.name}")  # noqa: T201 - shown when a script fails
            if engine.dialect.name == "sqlite":
                cursor.executescript(text)
            else:
                cursor.execute(text)
            connection.commit()
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
