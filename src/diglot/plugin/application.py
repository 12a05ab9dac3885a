"""Give the application that the settings name the test's database."""

import inspect
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from diglot.errors.settings import AppNotBound
from diglot.loading import load_object


def bind(reference: str, engine: Engine) -> Callable[..., Any]:
    """Return the application, made by its factory on `engine`; raises AppNotBound (DG109)."""
    factory = load_object(reference, said_in="[tool.diglot] app")
    if not callable(factory):
        raise AppNotBound(reference=reference, problem=f"it is {type(factory).__name__}, which cannot be called")
    if "engine" not in inspect.signature(factory).parameters:
        raise AppNotBound(reference=reference, problem="it has no parameter `engine`")
    app: Callable[..., Any] = factory(engine=engine)
    return app
