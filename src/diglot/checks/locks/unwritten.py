"""Why a revision's SQL cannot be written without a database: it asks one, or it fails for a reason of its own."""

import re

from diglot.errors.migrations import ChainBroken, OfflineRefused

_ASKING = re.compile(r"MockConnection|NoInspectionAvailable|'NoneType' object")

_BROKEN = ("ImportError", "ModuleNotFoundError", "SyntaxError", "IndentationError", "NameError")


def asks_database(problem: str) -> bool:
    """Whether an error of the offline mode says that an answer was missing: there, whoever asks gets None."""
    return _ASKING.search(problem) is not None


def not_broken(error: OfflineRefused) -> OfflineRefused:
    """Return an error of the offline mode; raises ChainBroken (DG209) when env.py does not run in any mode."""
    if error.problem.startswith(_BROKEN):
        fix = f"correct {error.path}"
        raise ChainBroken(path=error.path, line=error.line, problem=error.problem, fix=fix) from error
    return error
