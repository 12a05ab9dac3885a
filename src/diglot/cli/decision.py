"""What the settings, the environment and the command line come to, for a command."""

import os
from pathlib import Path

from diglot.choice import Choice, choose
from diglot.settings import Settings, load


def decide(postgres: str | None) -> tuple[Settings, Choice]:
    """Return the settings of the working directory, and what a run would choose; postgres: as in `--postgres`."""
    settings = load(Path.cwd()) or Settings(Path.cwd())
    return settings, choose(settings, postgres=postgres, environ=os.environ)
