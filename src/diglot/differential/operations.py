"""One thing that an application does with its database: a function, and what its arguments may be."""

import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from diglot.differential.outcome import Outcome, Tree, tree_of
from diglot.errors.differential import OperationInvalid
from diglot.isolation.facade import Diglot

_CONNECTION, _ENGINE, _SESSION = "connection", "engine", "session"
_BY_NAME = {"engine": _ENGINE, "session": _SESSION, "db_session": _SESSION}


@dataclass(frozen=True)
class Operation:
    """A function, or a method of an object made on a connection, with strategies for its arguments.

    owner: makes the object that the method is called on; None for a function.
    takes: what the function, or the owner, takes first: `connection`, `engine` or `session`.
    arguments: by keyword, Hypothesis strategies or plain values.
    """

    name: str
    function: Callable[..., Any]
    owner: Callable[[Any], Any] | None
    takes: str
    arguments: Mapping[str, Any]

    def run(self, database: Diglot, arguments: Mapping[str, Any]) -> Tree:
        """Call it in a transaction of its own and return its result, read to its end."""
        if self.takes == _ENGINE:
            return tree_of(self._call(database.engine, arguments))
        with database.connect() as connection:
            if self.takes == _CONNECTION:
                return tree_of(self._call(connection, arguments))
            with Session(bind=connection, expire_on_commit=False) as session:
                result = self._call(session, arguments)
                session.flush()
                found = tree_of(result)
                session.commit()
                return found

    def _call(self, subject: Any, arguments: Mapping[str, Any]) -> Any:
        first = subject if self.owner is None else self.owner(subject)
        return self.function(first, **arguments)


@dataclass(frozen=True)
class Call:
    """An operation with the values of its arguments."""

    operation: Operation
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One call that was made on both dialects, and what came out of it."""

    call: Call
    sqlite: Outcome
    postgresql: Outcome

    @property
    def fails(self) -> bool:
        """Whether it fails on both dialects."""
        return self.sqlite.failure is not None and self.postgresql.failure is not None


def operation(
    function: Callable[..., Any], owner: Callable[[Any], Any] | None = None, /, **arguments: Any
) -> Operation:
    """Return the operation that calls `function` with a value drawn for each of `arguments`.

    function: takes a Connection, an Engine or a Session first, as its annotation or the parameter's name says
    (a Connection otherwise); or a method, such as `ItemRepository.add`, of a class whose constructor does.
    owner: makes the object for a method whose class cannot be found by its name.
    arguments: strategies; anything else is passed as it is.
    Raises OperationInvalid (DG803) when the arguments do not fit the function.
    """
    name = _name(function)
    parameters = _parameters(function, name)
    if owner is None and parameters[0].name == "self":
        owner = _owner(function, name)
    _check_arguments(function, name, arguments)
    first = parameters[0] if owner is None else _parameters(owner, _name(owner))[0]
    return Operation(name, function, owner, _taken(function if owner is None else owner, first), arguments)


def _name(function: Callable[..., Any]) -> str:
    qualified = getattr(function, "__qualname__", type(function).__qualname__)
    return str(qualified.rpartition("<locals>.")[2])


def _parameters(function: Callable[..., Any], name: str) -> list[inspect.Parameter]:
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError) as error:
        raise OperationInvalid(name=name, problem=str(error), fix="wrap it in a function of your own") from error
    if not parameters:
        raise OperationInvalid(
            name=name, problem="it takes nothing", fix="let it take a Connection, an Engine or a Session first"
        )
    return parameters


def _owner(function: Callable[..., Any], name: str) -> Callable[[Any], Any]:
    found: Any = sys.modules.get(function.__module__)
    for part in function.__qualname__.split(".")[:-1]:
        found = getattr(found, part, None)
    if not callable(found):
        short = name.rpartition(".")[2]
        raise OperationInvalid(
            name=name,
            problem="it is a method, and its class is not at the top of a module",
            fix=f"operation(Class.{short}, Class, ...), or a function in place of Class that makes the object",
        )
    return found  # type: ignore[no-any-return]  # getattr on a module


def _check_arguments(function: Callable[..., Any], name: str, arguments: Mapping[str, Any]) -> None:
    if inspect.iscoroutinefunction(function):
        raise OperationInvalid(name=name, problem="it is async", fix="give the synchronous function below it")
    try:
        inspect.signature(function).bind(None, **arguments)
    except TypeError as error:
        raise OperationInvalid(
            name=name, problem=str(error), fix="give a strategy for each argument after the first, by its name"
        ) from None


def _taken(function: Callable[..., Any], parameter: inspect.Parameter) -> str:
    """Return what the first parameter stands for: by its annotation, else by its name."""
    try:
        of = function.__init__ if isinstance(function, type) else function  # type: ignore[misc]  # its own signature
        annotation = typing.get_type_hints(of).get(parameter.name)
    except (NameError, TypeError, AttributeError):  # a forward reference that nobody can resolve
        annotation = None
    if isinstance(annotation, type):
        if issubclass(annotation, Engine):
            return _ENGINE
        if issubclass(annotation, Session):
            return _SESSION
        return _CONNECTION
    return _BY_NAME.get(parameter.name, _CONNECTION)
