"""A database of its own for one test, with real connections and real transactions.

For what one shared transaction cannot show: locks, concurrency, a moving `now()`, NOTIFY, and
statements that refuse to run inside a transaction.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Engine

from diglot.dialects import postgresql, sqlite
from diglot.isolation.statements import Statements


@dataclass
class Clone:
    """A copy of the template that one test owns.

    discard: gives the database back; called once, after the engine has been disposed of.
    """

    engine: Engine
    url: URL
    discard: Callable[[], None]

    def __post_init__(self) -> None:
        self.statements = Statements()
        self.statements.watch(self.engine)

    def finish(self) -> None:
        """Close the engine's connections and drop the database."""
        self.engine.dispose()
        self.discard()


def sqlite_clone(template: bytes, path: Path) -> Clone:
    """Write the template to the new file `path`; its folder is removed with the clone's files."""
    path.write_bytes(template)

    def discard() -> None:
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()

    engine = sqlite.real_engine(path)
    return Clone(engine, engine.url, discard)


def postgres_clone(url: URL, discard: Callable[[], None]) -> Clone:
    """Open an engine on the cloned database at `url`."""
    return Clone(postgresql.real_engine(url), url, discard)
