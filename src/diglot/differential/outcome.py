"""What one operation did on one dialect: a tree of plain values to compare, or a failure."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CursorResult, Result, Row
from sqlalchemy.engine import RowMapping
from sqlalchemy.orm import InstanceState

from diglot.parity.trace import Failure

_LEAVES = (bool, int, float, str, bytes, bytearray, memoryview, Decimal, dt.date, dt.time, dt.timedelta, UUID, Enum)


@dataclass(frozen=True)
class Group:
    """Several values that belong together.

    kind: the name of their type. members: what leads to each, `.name` or `[0]`, and the value itself.
    shape: `sequence` (order counts), `bag` (it does not) or `record`.
    """

    kind: str
    members: "tuple[tuple[str, Tree], ...]"
    shape: str = "record"

    @property
    def values(self) -> "tuple[Tree, ...]":
        """The values alone."""
        return tuple(value for _, value in self.members)


Tree = Any
"""A Group, or a leaf: None, a number, a text, an instant, ..."""


@dataclass(frozen=True)
class Outcome:
    """What came out of one call on one dialect. tree: the result; without meaning when there is a failure."""

    tree: Tree = None
    failure: Failure | None = None


def tree_of(value: Any) -> Tree:  # noqa: PLR0911 - one line for each kind of value
    """Return a result as a tree; results and iterators are read to their end.

    Rows, mappings, dataclasses, mapped objects (what is loaded of their columns) and other objects with
    attributes are records; sets are bags. Whatever else there is, is a leaf.
    """
    if value is None or isinstance(value, _LEAVES):
        return value
    if isinstance(value, Row):
        return _record("Row", zip(value._fields, value, strict=True))
    if isinstance(value, Result | sa.ScalarResult | sa.MappingResult):
        return _result(value)
    if isinstance(value, Mapping):
        kind = "RowMapping" if isinstance(value, RowMapping) else type(value).__name__
        return Group(kind, tuple((f"[{key!r}]", tree_of(one)) for key, one in value.items()))
    if isinstance(value, AbstractSet):
        return _many(type(value).__name__, sorted(value, key=repr), "bag")
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return _record(type(value).__name__, zip(value._fields, value, strict=True))
    if isinstance(value, list | tuple):
        return _many(type(value).__name__, value)
    if isinstance(value, Iterator):
        return _many("iterator", value)
    return _object(value)


def _object(value: Any) -> Tree:
    kind = type(value).__name__
    if isinstance(value, type) or callable(value):
        return value
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return _record(kind, ((name, getattr(value, name)) for name in names))
    state = sa.inspect(value, raiseerr=False)
    if isinstance(state, InstanceState):
        loaded = [column.key for column in state.mapper.column_attrs if column.key in state.dict]
        return _record(kind, ((name, state.dict[name]) for name in loaded))
    if hasattr(value, "__dict__"):
        return _record(kind, vars(value).items())
    return value


def _result(result: Any) -> Tree:
    if isinstance(result, CursorResult) and not result.returns_rows:
        changes = result.context.isupdate or result.context.isdelete
        return _record("Result", [("rowcount", result.rowcount if changes else None)])
    return _many("Result", result)


def _record(kind: str, members: Iterable[tuple[str, Any]]) -> Group:
    return Group(kind, tuple((f".{name}", tree_of(one)) for name, one in members))


def _many(kind: str, values: Iterable[Any], shape: str = "sequence") -> Group:
    return Group(kind, tuple((f"[{index}]", tree_of(one)) for index, one in enumerate(values)), shape)
