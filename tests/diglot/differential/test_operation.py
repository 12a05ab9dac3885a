"""`operation`: what it hands to a function, and what it refuses."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from diglot.differential import operation
from diglot.errors.differential import OperationInvalid
from tests.diglot.differential.planted import ThingRepository


def by_annotation(bind: Engine) -> None:
    """Take an engine, by the annotation."""


def by_text(bind: "Session") -> None:
    """Take a session, by an annotation that is a text."""


def by_name(session) -> None:  # noqa: ANN001 - the name is what is looked at
    """Take a session, by the name."""


def unresolved(engine: "Nowhere") -> None:  # type: ignore[name-defined]  # noqa: F821 - what is tested
    """Take an engine, by the name, since nobody can say what the annotation is."""


def anything(whatever) -> None:  # noqa: ANN001
    """Take a connection: nothing says otherwise."""


def two(connection: Connection, one: int, other: int = 0) -> None:
    """Take one argument, or two."""


def nothing() -> None:
    """Take nothing."""


async def later(connection: Connection) -> None:
    """Take a connection, and do nothing yet."""


class OnEngine:
    """A repository that opens its own transactions."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def read(self) -> None:
        """Read."""


@pytest.mark.parametrize(
    ("function", "takes"),
    [
        (by_annotation, "engine"),
        (by_text, "session"),
        (by_name, "session"),
        (unresolved, "engine"),
        (anything, "connection"),
        (ThingRepository.count, "connection"),
        (OnEngine.read, "engine"),
    ],
)
def test_operation_takes_what_the_function_says(function: Callable[..., Any], takes: str) -> None:
    """The first parameter's annotation counts, then its name; for a method that of its class."""
    assert operation(function).takes == takes


def test_operation_is_named_after_its_function() -> None:
    """Reports name a method with its class, and a local function without what is around it."""

    def local(connection: Connection) -> None:
        pass

    assert operation(ThingRepository.count).name == "ThingRepository.count"
    assert operation(local).name == "local"


def test_operation_takes_an_owner_for_a_local_class() -> None:
    """A method of a class that cannot be found by its name is called on what the owner makes."""

    class Local:
        def __init__(self, connection: Connection) -> None:
            pass

        def read(self) -> None:
            pass

    with pytest.raises(OperationInvalid, match=r"Fix: operation\(Class\.read, Class, \.\.\.\)"):
        operation(Local.read)
    assert operation(Local.read, Local).owner is Local


@pytest.mark.parametrize(
    ("function", "arguments", "problem"),
    [
        (two, {}, "missing a required argument: 'one'"),
        (two, {"one": 1, "three": 3}, "got an unexpected keyword argument 'three'"),
        (nothing, {}, "it takes nothing"),
        (later, {}, "it is async"),
    ],
)
def test_operation_refuses_what_cannot_be_called(
    function: Callable[..., Any], arguments: dict[str, Any], problem: str
) -> None:
    """A call that cannot work is refused where it is written, and not found to fail alike on both dialects."""
    with pytest.raises(OperationInvalid, match=rf"^DG803: the operation {function.__name__} .*{problem}.* Fix: "):
        operation(function, **arguments)
