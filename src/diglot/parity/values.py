"""Decide whether two values that the dialects gave are the same, the same in another type, or different.

Some values differ between any two runs: generated tokens, and instants near to now. A token may stand for
another one when it does so everywhere in the test; an instant near to now counts as the time since its run
began.
"""

import datetime as dt
import json
import math
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from diglot.parity.difference import type_name
from diglot.parity.trace import Trace

REL_TOL = 1e-9
_NEAR_S = 26 * 3600.0
_SLACK_S = 2.0
_TOKEN = re.compile(r"[A-Za-z0-9_+/=-]{16,}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::?\d\d)?)?)?")
_BYTES = (bytes, bytearray, memoryview)
_NUMBERS = (bool, int, float, Decimal)


class Likeness(Enum):
    """How two values compare."""

    SAME = 0
    TYPE = 1
    VALUE = 2


@dataclass
class Volatile:
    """What is known of the values that differ between any two runs.

    sqlite_began, postgresql_began: when the two runs began, in seconds since the epoch; 0 when that is not known.
    slack_s: by how much two instants near to now may differ, as time since the run began.
    """

    sqlite_began: float = 0.0
    postgresql_began: float = 0.0
    slack_s: float = _SLACK_S
    names: dict[str, str] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)

    @classmethod
    def between(cls, sqlite: Trace, postgresql: Trace) -> "Volatile":
        """Start with what the two traces say of their times."""
        slack_s = max(sqlite.duration_s, postgresql.duration_s) + _SLACK_S
        return cls(sqlite.began_at, postgresql.began_at, slack_s)

    def copy(self) -> "Volatile":
        """Return a copy to try something out with."""
        return Volatile(self.sqlite_began, self.postgresql_began, self.slack_s, dict(self.names), dict(self.taken))

    def become(self, other: "Volatile") -> None:
        """Take over what was learned by a copy."""
        self.names, self.taken = other.names, other.taken

    def same_name(self, one: str, other: str) -> bool:
        """Say whether token `one` of SQLite may stand for `other` of Postgres; remember it when it may."""
        if self.names.get(one, other) != other or self.taken.get(other, one) != one:
            return False
        self.names[one], self.taken[other] = other, one
        return True

    def same_instant(self, one: float, other: float) -> bool:
        """Say whether two instants, in seconds since the epoch, are both near to now and equally far from it."""
        if not self.sqlite_began or not self.postgresql_began:
            return False
        since_one, since_other = one - self.sqlite_began, other - self.postgresql_began
        near = abs(since_one) < _NEAR_S and abs(since_other) < _NEAR_S
        return near and abs(since_one - since_other) <= self.slack_s


def likeness(one: Any, other: Any, volatile: Volatile) -> Likeness:
    """Compare SQLite's value with Postgres's: exactly, but for floats and what is volatile.

    Floats are equal within a relative 1e-9; decimals only with the same digits; JSON member by member.
    """
    if one is VOLATILE or other is VOLATILE:
        return Likeness.SAME
    kind = type(one)
    if kind is type(other):
        exact = _EXACT.get(kind)
        if exact is not None:
            return exact(one, other, volatile)
        if kind is not dt.datetime and equal(one, other):
            return Likeness.SAME
    if one is None or other is None or not _alike(one, other, volatile):
        return Likeness.VALUE
    return Likeness.SAME if type_name(one) == type_name(other) and _same_offset(one, other) else Likeness.TYPE


def disagreements(
    one: Any, other: Any, volatile: Volatile, path: str = "$"
) -> Iterator[tuple[str, Any, Any, Likeness]]:
    """Yield each place in two JSON values on which the dialects disagree: path, SQLite's value, Postgres's."""
    if type(one) is type(other) and isinstance(one, dict | list | tuple):
        for step, left, right in _children(one, other):
            yield from disagreements(left, right, volatile, f"{path}{step}")
        return
    found = likeness(one, other, volatile)
    if found is not Likeness.SAME:
        yield path, one, other, found


def equal(one: Any, other: Any) -> bool:
    """Say whether two values call themselves equal, whatever their types; one that refuses to answer is not."""
    try:
        return bool(one == other)
    except Exception:  # noqa: BLE001 - a comparison of the application's own type may do anything
        return False


class Masked:
    """Stands for a value that another run of the same test gave otherwise; it equals every value."""

    def __repr__(self) -> str:
        return "<volatile>"


VOLATILE = Masked()


class Missing:
    """Stands for a member of a JSON value that one dialect has and the other has not."""

    def __repr__(self) -> str:
        return "<missing>"


MISSING = Missing()


def _children(one: Any, other: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict):
        for key in [*one, *(key for key in other if key not in one)]:
            yield f".{key}", one.get(key, MISSING), other.get(key, MISSING)
        return
    for index in range(max(len(one), len(other))):
        left = one[index] if index < len(one) else MISSING
        yield f"[{index}]", left, other[index] if index < len(other) else MISSING


def _members(one: Any, other: Any, volatile: Volatile) -> Likeness:
    return _worst(likeness(left, right, volatile) for _path, left, right in _children(one, other))


def _exact_floats(one: float, other: float, volatile: Volatile) -> Likeness:
    return Likeness.SAME if same_floats(one, other) or _instants(one, other, volatile) else Likeness.VALUE


def _exact_decimals(one: Decimal, other: Decimal, _volatile: Volatile) -> Likeness:
    same = str(one) == str(other) or (one.is_nan() and other.is_nan())
    return Likeness.SAME if same else Likeness.VALUE


def _worst(found: Iterator[Likeness]) -> Likeness:
    worst = Likeness.SAME
    for one in found:
        if one is Likeness.VALUE:
            return one
        if one is Likeness.TYPE:
            worst = one
    return worst


def _alike(one: Any, other: Any, volatile: Volatile) -> bool:
    """Whether two values mean the same, whatever their types."""
    if isinstance(one, _NUMBERS) and isinstance(other, _NUMBERS):
        return same_numbers(one, other) or _instants(one, other, volatile)
    if isinstance(one, _BYTES) and isinstance(other, _BYTES):
        return _bytes(bytes(one), bytes(other), volatile)
    if isinstance(one, str) and isinstance(other, str):
        return _texts(one, other, volatile)
    for convert, same in _CONVERSIONS:
        left, right = convert(one), convert(other)
        if left is not None and right is not None:
            return same(left, right, volatile)
    return equal(one, other)


def same_floats(one: float, other: float) -> bool:
    """Say whether two floats are equal within a relative 1e-9; NaN equals NaN, and -0.0 is not 0.0."""
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and math.isnan(other)
    if one == other == 0.0:
        return math.copysign(1.0, one) == math.copysign(1.0, other)
    return math.isclose(one, other, rel_tol=REL_TOL)


def same_numbers(one: Any, other: Any) -> bool:
    """Say whether two numbers of any types are equal; a float makes it a comparison of floats."""
    try:
        if isinstance(one, float) or isinstance(other, float):
            return same_floats(float(one), float(other))
        return bool(one == other)
    except (OverflowError, ValueError, ArithmeticError):
        return False


def _instants(one: Any, other: Any, volatile: Volatile) -> bool:
    """Whether two numbers are Unix times near to now, in seconds or in milliseconds."""
    try:
        left, right = float(one), float(other)
    except (OverflowError, ValueError):  # an integer beyond every float, a signalling NaN
        return False
    return volatile.same_instant(left, right) or volatile.same_instant(left / 1e3, right / 1e3)


def _bytes(one: bytes, other: bytes, volatile: Volatile) -> bool:
    if one == other:
        return True
    return len(one) == len(other) >= 8 and volatile.same_name(one.hex(), other.hex())


def _texts(one: str, other: str, volatile: Volatile) -> bool:
    """Whether two texts are equal, or equal but for tokens and instants that are volatile."""
    if one == other:
        return True
    if _INSTANT.fullmatch(one) and _INSTANT.fullmatch(other):
        left, right = _instant(one), _instant(other)
        if left is None or right is None or _shape(one) != _shape(other):
            return False
        return _same_instants(left, right, volatile)
    if _TOKEN.sub("\0", one) != _TOKEN.sub("\0", other):
        return False
    pairs = list(zip(_TOKEN.findall(one), _TOKEN.findall(other), strict=True))
    return all(
        left == right or (_random(left, right) and volatile.same_name(_plain(left), _plain(right)))
        for left, right in pairs
    )


def _random(one: str, other: str) -> bool:
    """Whether two different tokens look generated: as long as each other, with digits or both cases."""
    mixed = all(any(map(str.isdigit, text)) or not (text.islower() or text.isupper()) for text in (one, other))
    return mixed and abs(len(one) - len(other)) <= 2


def _plain(token: str) -> str:
    """A UUID's one spelling; any other token as it is."""
    return token.replace("-", "").lower() if _UUID.fullmatch(token) else token


def _shape(text: str) -> str:
    return re.sub(r"\d+", "9", text)


def _instant(value: Any) -> dt.datetime | None:
    """The instant that a value stands for, with UTC for a missing zone."""
    if isinstance(value, str):
        if not _INSTANT.fullmatch(value):
            return None
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    return None


def _same_instants(one: dt.datetime, other: dt.datetime, volatile: Volatile) -> bool:
    if one == other:
        return True
    try:
        return volatile.same_instant(one.timestamp(), other.timestamp())
    except (OverflowError, ValueError):
        return False


def _same_offset(one: Any, other: Any) -> bool:
    """Whether two instants are written in the same zone, so that they look the same as text."""
    if not isinstance(one, dt.datetime) or not isinstance(other, dt.datetime):
        return True
    return one.utcoffset() == other.utcoffset()


def _uuid(value: Any) -> str | None:
    if isinstance(value, uuid.UUID):
        return value.hex
    return _plain(value) if isinstance(value, str) and _UUID.fullmatch(value) else None


def _json(value: Any) -> Any:
    if isinstance(value, dict | list):
        return value
    if isinstance(value, str) and value[:1] in "{[":
        try:
            return json.loads(value)
        except ValueError:
            return None
    return None


def _number(value: Any) -> Any:
    if isinstance(value, _NUMBERS):
        return value
    if isinstance(value, str):
        try:
            return Decimal(value)
        except ArithmeticError:
            return None
    return None


_EXACT: dict[type, Callable[[Any, Any, Volatile], Likeness]] = {
    dict: _members,
    list: _members,
    tuple: _members,
    float: _exact_floats,
    Decimal: _exact_decimals,
}
_CONVERSIONS: tuple[tuple[Callable[[Any], Any], Callable[[Any, Any, Volatile], bool]], ...] = (
    (_instant, _same_instants),
    (_uuid, lambda one, other, volatile: one == other or volatile.same_name(one, other)),
    (
        _json,
        lambda one, other, volatile: type(one) is type(other) and _members(one, other, volatile) is not Likeness.VALUE,
    ),
    (_number, lambda one, other, _volatile: same_numbers(one, other)),
)
