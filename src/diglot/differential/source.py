"""Write calls as Python that can be pasted into a test module."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstanceState

from diglot.differential.operations import Call, Operation
from diglot.differential.outcome import Group, Tree

_WIDTH = 88
_RUN = 24


@dataclass(frozen=True)
class Bracketed:
    """An expression whose parts may each have a line of their own. prefix: what stands before it, as `name=`."""

    opening: str
    parts: "tuple[Expression, ...]"
    closing: str
    prefix: str = ""

    def __str__(self) -> str:
        return f"{self.prefix}{self.opening}{', '.join(map(str, self.parts))}{self.closing}"


Expression = str | Bracketed


class Source:
    """Python source, and the imports that it needs."""

    def __init__(self) -> None:
        self._imports: set[tuple[str, str]] = set()

    def imports(self) -> list[str]:
        """Return the import statements for all that was written."""
        by_module = groupby(sorted(self._imports), key=lambda one: one[0])
        return [f"from {module} import {', '.join(name for _, name in names)}" for module, names in by_module]

    # -- values --------------------------------------------------------------------------------

    def value(self, value: Any) -> Expression:  # noqa: PLR0911 - one line for each kind of value
        """Return an expression that makes an equal value; what has none is written as its `repr`."""
        if isinstance(value, Enum):
            return f"{self._name(type(value))}.{value.name}"
        if isinstance(value, str | bytes):
            return _text(value)
        if isinstance(value, float):
            return repr(value) if value - value == 0.0 else f'float("{value}")'
        if isinstance(value, Decimal | UUID):
            return f'{self._name(type(value))}("{value}")'
        if isinstance(value, dt.date | dt.time | dt.timedelta):
            return self._time(value)
        if type(value) is dict:
            pairs = (_prefixed(f"{self.value(key)}: ", self.value(one)) for key, one in value.items())
            return Bracketed("{", tuple(pairs), "}")
        if type(value) is list:
            return Bracketed("[", self._values(value), "]")
        if type(value) is tuple:
            return Bracketed("(", self._values(value), ",)" if len(value) == 1 else ")")
        if type(value) in {set, frozenset} and value:
            members = Bracketed("{", tuple(sorted(self._values(value), key=str)), "}")
            return members if type(value) is set else Bracketed("frozenset(", (members,), ")")
        return self._object(value)

    def _values(self, values: Iterable[Any]) -> tuple[Expression, ...]:
        return tuple(map(self.value, values))

    def _object(self, value: Any) -> Expression:
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in dataclasses.fields(value) if field.init]
            return self._made(value, {name: getattr(value, name) for name in names})
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return self._made(value, dict(zip(value._fields, value, strict=True)))
        state = None if isinstance(value, type) else sa.inspect(value, raiseerr=False)
        if isinstance(state, InstanceState):
            loaded = [column.key for column in state.mapper.column_attrs if column.key in state.dict]
            return self._made(value, {name: state.dict[name] for name in loaded})
        return repr(value)

    def _made(self, value: Any, arguments: Mapping[str, Any]) -> Expression:
        return Bracketed(f"{self._name(type(value))}(", self._keywords(arguments), ")")

    def _keywords(self, arguments: Mapping[str, Any]) -> tuple[Expression, ...]:
        return tuple(_prefixed(f"{name}=", self.value(one)) for name, one in arguments.items())

    def _time(self, value: dt.date | dt.time | dt.timedelta) -> str:
        zone = getattr(value, "tzinfo", None)
        plain = value if zone is None else value.replace(tzinfo=None)  # type: ignore[union-attr,call-arg]
        kind, _, arguments = repr(plain).removeprefix("datetime.").partition("(")
        self._imports.add(("datetime", kind))
        if zone is None:
            return f"{kind}({arguments}"
        return f"{kind}({arguments[:-1]}, tzinfo={self._zone(zone, value)})"

    def _zone(self, zone: dt.tzinfo, value: Any) -> str:
        if zone is dt.UTC:
            self._imports.add(("datetime", "UTC"))
            return "UTC"
        if isinstance(zone, ZoneInfo):
            self._imports.add(("zoneinfo", "ZoneInfo"))
            return f'ZoneInfo("{zone.key}")'
        self._imports.add(("datetime", "timezone"))
        return f"timezone({self._time(value.utcoffset())})"

    def _name(self, made: Any) -> str:
        """Return how the source names a class or a function, and remember to import it."""
        qualified = str(getattr(made, "__qualname__", type(made).__qualname__))
        module = str(getattr(made, "__module__", "builtins"))
        if module not in {"builtins", "__main__"} and "<" not in qualified:
            self._imports.add((module, qualified.partition(".")[0]))
        return qualified.rpartition("<locals>.")[2]

    # -- calls ---------------------------------------------------------------------------------

    def call(self, call: Call, *, fails: bool = False) -> list[str]:
        """Return a call's lines, in a transaction of its own; `fails`: it does so on both dialects alike."""
        operation = call.operation
        if operation.takes == "engine":
            lines = self._lines(operation, "diglot.engine", call.arguments)
        elif operation.takes == "session":
            self._imports.add(("sqlalchemy.orm", "Session"))
            inner = [*self._lines(operation, "session", call.arguments), "session.commit()"]
            lines = ["with diglot.connect() as connection, Session(bind=connection) as session:", *_indent(inner)]
        else:
            inner = self._lines(operation, "connection", call.arguments)
            lines = ["with diglot.connect() as connection:", *_indent(inner)]
        if not fails:
            return lines
        self._imports.add(("contextlib", "suppress"))
        return ["with suppress(Exception):", *_indent(lines)]

    def _lines(self, operation: Operation, subject: str, arguments: Mapping[str, Any]) -> list[str]:
        given = self._keywords(arguments)
        if operation.owner is None:
            return _laid_out(Bracketed(f"{self._name(operation.function)}(", (subject, *given), ")"))
        method = operation.name.rpartition(".")[2]
        return _laid_out(Bracketed(f"{self._name(operation.owner)}({subject}).{method}(", given, ")"))


def as_test(calls: Sequence[tuple[Call, bool]], after: str) -> str:
    """Return a test that makes the calls, and fails on one dialect or reads something else there.

    calls: each with whether it fails on both dialects. after: what is to be seen then, for a comment.
    """
    source = Source()
    body = [line for call, fails in calls for line in source.call(call, fails=fails)]
    lines = ["def test_the_dialects_agree(diglot):", *_indent([*body, f"# {after}"])]
    imports = source.imports()
    return "\n".join([*imports, "", *lines] if imports else lines)


def shown(tree: Tree, *, most: int = 240) -> str:
    """Return what came out of a call, in at most `most` characters: records by their type's name."""
    text = _shown(tree)
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _shown(tree: Tree) -> str:
    if not isinstance(tree, Group):
        return str(Source().value(tree))
    if tree.shape != "record":
        return f"[{', '.join(map(_shown, tree.values))}]"
    members = [f"{step.removeprefix('.')}={_shown(value)}" for step, value in tree.members]
    return f"{tree.kind}({', '.join(members)})"


def _laid_out(expression: Expression) -> list[str]:
    """Return an expression's lines: one, when it is short enough, else one or more for each part."""
    text = str(expression)
    if isinstance(expression, str) or len(text) <= _WIDTH or not expression.parts:
        return [text]
    lines = [f"{expression.prefix}{expression.opening}"]
    for part in expression.parts:
        *before, last = _laid_out(part)
        lines += _indent([*before, f"{last},"])
    return [*lines, expression.closing.removeprefix(",")]


def _prefixed(prefix: str, expression: Expression) -> Expression:
    return f"{prefix}{expression}" if isinstance(expression, str) else dataclasses.replace(expression, prefix=prefix)


def _text(value: str | bytes) -> str:
    if len(value) > _RUN and value == value[:1] * len(value):
        return f"{value[:1]!r} * {len(value)}"
    return repr(value)


def _indent(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]
