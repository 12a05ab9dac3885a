"""What a run of checks asks for, beside the checks' names."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """What the command line says.

    traced: a file of statements that a run on SQLite recorded (`pytest --diglot-statements FILE`).
    data: a SQLite file whose data is to be moved to Postgres.
    """

    traced: Path | None = None
    data: Path | None = None

    @property
    def given(self) -> tuple[str, ...]:
        """The options that were given, as the command line spells them."""
        every = (("--traced", self.traced), ("--data", self.data))
        return tuple(name for name, value in every if value is not None)


PLAIN = Options()
"""Nothing beside the checks' names."""
