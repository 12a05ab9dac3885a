"""Find what two outcomes disagree on, and say what kind of thing it is."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from diglot.differential.outcome import Group, Outcome, Tree
from diglot.parity.trace import Failure
from diglot.parity.values import equal, same_floats, same_numbers
from diglot.parity.violations import violation

_SLACK_S = 2.0
_NUMBERS = (bool, int, float, Decimal)
_BYTES = (bytes, bytearray, memoryview)


class Nothing:
    """Stands for a row that one dialect has and the other has not."""

    def __repr__(self) -> str:
        return "nothing"


@dataclass(frozen=True)
class Mismatch:
    """One place where two outcomes disagree.

    kind: in the words of `diglot.parity.difference.KINDS`. path: from the result, as Python writes it.
    """

    kind: str
    path: str = ""
    sqlite: Any = None
    postgresql: Any = None

    @property
    def place(self) -> str:
        """The path without its indices: what stays when values shrink."""
        return place_of(self.path)


def place_of(path: str) -> str:
    """Return a path without its indices."""
    return re.sub(r"\[\d+\]", "[]", path)


@dataclass(frozen=True)
class Comparison:
    """How outcomes are compared.

    began: when the example began, UTC: two instants between then and now are taken for "now" on either side.
    volatile: places whose values differ between any two runs, and are not compared; `order PLACE` for sequences whose
    order does. Nor is the order of rows compared when one of their columns is volatile: it may be by that.
    unordered: the order of no sequence is compared.
    """

    began: dt.datetime
    volatile: frozenset[str] = frozenset()
    unordered: bool = False

    def outcomes(self, sqlite: Outcome, postgresql: Outcome) -> Iterator[Mismatch]:
        """Yield the mismatches of two outcomes; none when an application could not tell the dialects apart."""
        one, other = sqlite.failure, postgresql.failure
        if one is None and other is None:
            yield from self.trees(sqlite.tree, postgresql.tree)
        elif one is None or other is None:
            yield Mismatch("error")
        elif not _same_failure(one, other):
            yield Mismatch("error-class")

    def trees(self, one: Tree, other: Tree, path: str = "") -> Iterator[Mismatch]:
        """Yield the mismatches of two results, those at the same level in order."""
        if place_of(path) in self.volatile:
            return
        if not isinstance(one, Group) or not isinstance(other, Group):
            kind = self._leaves(one, other)
            if kind:
                yield Mismatch(kind, path, one, other)
        elif one.kind != other.kind:
            yield Mismatch("type", path, one, other)
        elif one.shape == "record":
            yield from self._records(one, other, path)
        else:
            yield from self._sequences(one, other, path)

    def _records(self, one: Group, other: Group, path: str) -> Iterator[Mismatch]:
        left, right = dict(one.members), dict(other.members)
        if left.keys() != right.keys():
            yield Mismatch("columns", path, tuple(left), tuple(right))
        for step, value in left.items():
            if step in right:
                yield from self.trees(value, right[step], path + step)

    def _sequences(self, one: Group, other: Group, path: str) -> Iterator[Mismatch]:
        each = f"{path}[]"
        alone, lonely = self._unpaired(one, other, each)
        if len(one.members) != len(other.members):
            yield Mismatch("rows", path, _first(alone), _first(lonely))
        elif one.shape == "bag" or self._has_no_order(place_of(path)):
            for left, right in self._nearest(alone, lonely, each):
                yield from self.trees(left, right, each)
        elif alone:
            for at, (left, right) in enumerate(zip(one.values, other.values, strict=True)):
                yield from self.trees(left, right, f"{path}[{at}]")
        else:
            index = self._out_of_place(one, other, each)
            if index is not None:
                yield Mismatch("order", path, one.values[index], other.values[index])

    def _has_no_order(self, place: str) -> bool:
        by_what_varies = any(one.startswith(f"{place}[]") for one in self.volatile)
        return self.unordered or by_what_varies or f"order {place}" in self.volatile

    def _unpaired(self, one: Group, other: Group, path: str) -> tuple[list[Tree], list[Tree]]:
        """Return the members that only one of the two has, whatever their order."""
        free = list(other.values)
        alone = []
        for value in one.values:
            found = next((index for index, candidate in enumerate(free) if self._same(value, candidate, path)), None)
            if found is None:
                alone.append(value)
            else:
                del free[found]
        return alone, free

    def _nearest(self, alone: list[Tree], lonely: list[Tree], path: str) -> Iterator[tuple[Tree, Tree]]:
        """Yield each of `alone` with that one of `lonely` from which it differs in the fewest places."""
        free = list(lonely)
        for value in alone:
            differences = [sum(1 for _ in self.trees(value, one, path)) for one in free]
            yield value, free.pop(differences.index(min(differences)))

    def _out_of_place(self, one: Group, other: Group, path: str) -> int | None:
        pairs = enumerate(zip(one.values, other.values, strict=True))
        return next((index for index, (left, right) in pairs if not self._same(left, right, path)), None)

    def _same(self, one: Tree, other: Tree, path: str) -> bool:
        return next(self.trees(one, other, path), None) is None

    def _leaves(self, one: Any, other: Any) -> str:
        """Return `type` when two leaves mean the same in different types, `value` when they do not, else ""."""
        if isinstance(one, Group) or isinstance(other, Group) or one is None or other is None:
            return "" if one is other else "value"
        if type(one) is not type(other):
            return "type" if _means_the_same(one, other) else "value"
        if isinstance(one, float):
            return "" if same_floats(one, other) else "value"
        if isinstance(one, Decimal):
            return "" if str(one) == str(other) else "value"
        if isinstance(one, dt.datetime):
            return self._instants(one, other)
        return "" if equal(one, other) else "value"

    def _instants(self, one: dt.datetime, other: dt.datetime) -> str:
        if one == other and one.utcoffset() == other.utcoffset():
            return ""
        same = _in_utc(one) == _in_utc(other) or (self._is_now(one) and self._is_now(other))
        if not same:
            return "value"
        return "" if one.utcoffset() == other.utcoffset() else "type"

    def _is_now(self, value: dt.datetime) -> bool:
        slack = dt.timedelta(seconds=_SLACK_S)
        return self.began - slack <= _in_utc(value) <= dt.datetime.now(dt.UTC) + slack


def failure_words(failure: Failure) -> str:
    """Return a failure in the few words that tell it from others: `IntegrityError unique`, `DataError 22001`."""
    return " ".join(filter(None, (failure.name, violation(failure) or failure.code)))


def _same_failure(one: Failure, other: Failure) -> bool:
    """Whether an application that catches one would catch the other: the same class, the same kind of violation."""
    if one.name != other.name:
        return False
    return violation(one) == violation(other) or not (violation(one) and violation(other))


def _first(values: list[Tree]) -> Tree:
    return values[0] if values else Nothing()


def _means_the_same(one: Any, other: Any) -> bool:
    if isinstance(one, _NUMBERS) and isinstance(other, _NUMBERS):
        return same_numbers(one, other)
    if isinstance(one, _BYTES) and isinstance(other, _BYTES):
        return bytes(one) == bytes(other)
    if isinstance(one, UUID | str) and isinstance(other, UUID | str):
        return str(one).replace("-", "") == str(other).replace("-", "")
    return str(one) == str(other) or equal(one, other)


def _in_utc(value: dt.datetime) -> dt.datetime:
    """The instant; one without a zone is taken for UTC, as SQLite's CURRENT_TIMESTAMP is."""
    try:
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
    except OverflowError:  # year 1 or 9999, and a zone that leads out of the calendar
        return value.replace(tzinfo=dt.UTC)
