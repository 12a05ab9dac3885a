"""Import what the settings name, and give an application the test's database."""

import importlib
import inspect
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from diglot.errors.settings import AppNotBound, ImportFailed


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


def bind(reference: str, engine: Engine) -> Callable[..., Any]:
    """Return the application, made by its factory on `engine`; raises AppNotBound (DG109)."""
    factory = load_object(reference, said_in="[tool.diglot] app")
    if not callable(factory):
        raise AppNotBound(reference=reference, problem=f"it is {type(factory).__name__}, which cannot be called")
    if "engine" not in inspect.signature(factory).parameters:
        raise AppNotBound(reference=reference, problem="it has no parameter `engine`")
    app: Callable[..., Any] = factory(engine=engine)
    return app
