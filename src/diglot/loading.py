"""Import what the settings name."""

import importlib
from typing import Any

from diglot.errors.settings import ImportFailed


def load_object(reference: str, *, said_in: str) -> Any:
    """Return the object that `package.module:name` (or `package.module.name`) stands for.

    Raises ImportFailed (DG108).
    """
    module, colon, name = reference.partition(":")
    if not colon:
        module, _, name = reference.rpartition(".")
    found = _module(module, reference, said_in)
    try:
        for part in name.split("."):
            found = getattr(found, part)
    except AttributeError as error:
        raise ImportFailed(reference=reference, said_in=said_in, problem=str(error)) from error
    return found


def _module(name: str, reference: str, said_in: str) -> Any:
    """Import a module. One that is not there is told apart from one that breaks off while it is imported."""
    try:
        return importlib.import_module(name)
    except Exception as error:
        missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
        breaks_off = name != "" and not (missing and f"{name}.".startswith(f"{missing}."))
        problem = f"{name} breaks off with {type(error).__name__}: {error}" if breaks_off else str(error)
        raise ImportFailed(reference=reference, said_in=said_in, problem=problem, breaks_off=breaks_off) from error
