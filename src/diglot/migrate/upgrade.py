"""The program that `diglot.migrate.program` starts: upgrade the database whose URL is its input.

Called as `python -m diglot.migrate.upgrade '{"root": ..., "kind": ..., "target": ...}'`; everything is
imported before the URL is read, and the URL, which may hold a password, is no argument.
"""

import importlib
import json
import os
import sys
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from diglot.migrate.program import ELSEWHERE, EXIT_CONNECTION_IGNORED
from diglot.migrate.serve.environment import NEVER_RUNS, Environment
from diglot.migrate.serve.failure import Failure


def main() -> int:
    """Run the order given as the first argument; return the exit code."""
    order = json.loads(sys.argv[1])
    os.environ["DATABASE_URL"] = sys.stdin.read()
    url = make_url(os.environ["DATABASE_URL"])
    target = order["target"]
    engine = create_engine(url, poolclass=NullPool)
    if order["kind"] == "alembic":
        if order["before"] is not None:
            _call(order["before"], engine)
        return _alembic(url, Path(order["root"]), target)
    if order["kind"] == "scripts":
        _scripts(engine, Path(order["root"]) / target)
    else:
        _call(target, engine)
    return 0


def _call(reference: str, engine: Engine) -> None:
    module, _, name = reference.partition(":")
    getattr(importlib.import_module(module), name)(engine)


def _alembic(url: URL, root: Path, ini: str) -> int:
    """Upgrade to the heads; when another database is in danger, its address is the last line of the output."""
    environment = Environment(root, ini, lambda step: print(f"running {step.path}"))  # noqa: T201 - shown on failure
    try:
        environment.upgrade(url, "heads")
    except Failure as failure:
        if failure.cause == "ConnectionIgnored":
            print(f"{ELSEWHERE}{failure.facts['elsewhere']}")  # noqa: T201 - read by the other side
            return EXIT_CONNECTION_IGNORED
        if failure.facts.get("problem") == NEVER_RUNS:
            return EXIT_CONNECTION_IGNORED  # whatever it did, it was not to the database that it was handed
        if failure.__cause__ is not None:
            raise failure.__cause__ from None
        print(": ".join(str(failure.facts.get(fact, "")) for fact in ("path", "problem", "fix")))  # noqa: T201
        return 1
    return 0


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
