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
    try:
        found = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError) as error:
        raise ImportFailed(reference=reference, said_in=said_in, problem=str(error)) from error
    return found
