"""Read the members of a JSON object strictly: each has its type, or an error names the place."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from diglot.parity.codec import JsonObject

_Read = TypeVar("_Read")
_Exact = TypeVar("_Exact")


class Misshapen(Exception):
    """A member is missing or has another type; caught where the file's name is known."""


class Members:
    """One JSON object and the place where it stands in the document, such as `contracts[3].halves[0]`."""

    def __init__(self, found: Any, place: str = "") -> None:
        if type(found) is not dict:
            raise Misshapen(_problem(place or "the document", found, "an object"))
        self._found, self._place = found, place

    def text(self, name: str) -> str:
        """Return a text."""
        return _typed(str, self._get(name), self._at(name), "a text")

    def optional_text(self, name: str) -> str | None:
        """Return a text, or None for null."""
        return None if self._get(name) is None else self.text(name)

    def integer(self, name: str) -> int:
        """Return an integer."""
        return _typed(int, self._get(name), self._at(name), "an integer")

    def boolean(self, name: str) -> bool:
        """Return true or false."""
        return _typed(bool, self._get(name), self._at(name), "true or false")

    def number(self, name: str) -> float:
        """Return a number."""
        value = self._get(name)
        return float(value) if type(value) is int else _typed(float, value, self._at(name), "a number")

    def json(self, name: str) -> JsonObject | None:
        """Return an object as it is, or None for null."""
        value = self._get(name)
        return value if value is None or type(value) is dict else self._refuse(name, value)

    def one(self, name: str, read: "Callable[[Members], _Read]") -> _Read:
        """Return what `read` makes of an object."""
        return read(Members(self._get(name), self._at(name)))

    def perhaps(self, name: str, read: "Callable[[Members], _Read]") -> _Read | None:
        """Return what `read` makes of an object, or None for null."""
        return None if self._get(name) is None else self.one(name, read)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(_typed(str, value, place, "a text") for place, value in self._list(name))

    def pair(self, name: str) -> tuple[str, str]:
        """Return a list of exactly two texts."""
        found = self.texts(name)
        if len(found) != 2:
            raise Misshapen(_problem(self._at(name), list(found), "two texts"))
        return found[0], found[1]

    def many(self, name: str, read: "Callable[[Members], _Read]") -> tuple[_Read, ...]:
        """Return what `read` makes of each object of a list."""
        return tuple(read(Members(value, place)) for place, value in self._list(name))

    def named(self, name: str, read: "Callable[[Members], _Read]") -> dict[str, _Read]:
        """Return what `read` makes of each member of an object."""
        place = self._at(name)
        found = Members(self._get(name), place)._found
        return {key: read(Members(value, f"{place}.{key}")) for key, value in found.items()}

    def integers(self, name: str) -> dict[str, int]:
        """Return an object of integers."""
        inner = Members(self._get(name), self._at(name))
        return {key: inner.integer(key) for key in inner._found}

    def _get(self, name: str) -> Any:
        if name not in self._found:
            raise Misshapen(f"{self._place or 'the document'} has no member {name!r}")
        return self._found[name]

    def _at(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def _list(self, name: str) -> Iterator[tuple[str, Any]]:
        value, place = self._get(name), self._at(name)
        for index, one in enumerate(_typed(list, value, place, "a list")):
            yield f"{place}[{index}]", one

    def _refuse(self, name: str, value: Any) -> JsonObject:
        raise Misshapen(_problem(self._at(name), value, "an object or null"))


def _typed(kind: type[_Exact], value: Any, place: str, expected: str) -> _Exact:
    if type(value) is not kind:
        raise Misshapen(_problem(place, value, expected))
    return value


def _problem(place: str, value: Any, expected: str) -> str:
    shown = repr(value)
    return f"{place} is {shown if len(shown) <= 60 else shown[:57] + '...'}, expected {expected}"
