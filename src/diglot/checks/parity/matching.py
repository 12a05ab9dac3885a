"""Find what is the same thing on different sides: what no name tells is told by what it does."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from diglot.checks.parity.sides import Side

T = TypeVar("T")
Key = Callable[[T], Hashable]


def grouped(things: Mapping[Side, Sequence[T]], keys: Sequence[Key[T]]) -> list[dict[Side, T]]:
    """Return the things in groups, each with at most one of every side.

    keys: tried one after the other; two groups are one when a key is equal and not None, and no side is in both.
    """
    groups: list[dict[Side, T]] = [{side: thing} for side, listed in things.items() for thing in listed]
    for key in keys:
        groups = _merged(groups, key)
    return groups


def _merged(groups: list[dict[Side, T]], key: Key[T]) -> list[dict[Side, T]]:
    merged: list[tuple[set[Hashable], dict[Side, T]]] = []
    for group in groups:
        told = {key(thing) for thing in group.values()} - {None}
        home = next((one for one in merged if one[0] & told and not one[1].keys() & group.keys()), None)
        if home is None:
            merged.append((told, dict(group)))
        else:
            home[0].update(told)
            home[1].update(group)
    return [group for _, group in merged]
