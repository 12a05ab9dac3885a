"""A text of which parts may not be known, and how `%` and `.format()` put such texts together."""

import string
from dataclasses import dataclass

from diglot.checks.statements.found import Span

HOLE_SHOWN = 60
"""How many characters of an expression stand for what it says."""


@dataclass(frozen=True)
class Hole:
    """A part of which nothing is known; source: the expression, as it stands there."""

    source: str


@dataclass(frozen=True)
class Folded:
    """One text. at: where its first known part stands."""

    parts: tuple[str | Hole, ...]
    at: Span | None = None

    @property
    def sql(self) -> str:
        """The text, holes in braces."""
        return "".join(part if isinstance(part, str) else f"{{{part.source}}}" for part in self.parts)

    @property
    def holes(self) -> tuple[str, ...]:
        """What is not known."""
        return tuple(part.source for part in self.parts if isinstance(part, Hole))

    @property
    def known(self) -> bool:
        """Whether any of it is known."""
        return any(isinstance(part, str) and part for part in self.parts)


def percent_parts(
    left: Folded, values: list[tuple[Folded, ...]] | dict[str, tuple[Folded, ...]]
) -> list[tuple[Folded, ...]]:
    """Return the pieces of `left % values`, in order."""
    row: list[tuple[Folded, ...]] = []
    rest, taken = left.sql, 0
    while "%" in rest:
        before, _, after = rest.partition("%")
        row.append((Folded((before,), left.at),))
        if after.startswith("%"):
            row.append((Folded(("%",)),))
            rest = after[1:]
            continue
        name, directive = "", after
        if after.startswith("("):
            name, _, directive = after[1:].partition(")")
        if isinstance(values, dict):
            row.append(values.get(name, (Folded((Hole(name),)),)))
        else:
            row.append(values[taken] if taken < len(values) else (Folded((Hole("%"),)),))
            taken += 1
        rest = directive.lstrip("0123456789.+-# ")[1:]
    return [*row, (Folded((rest,), left.at),)]


def format_parts(
    left: Folded, placed: list[tuple[Folded, ...]], named: dict[str, tuple[Folded, ...]]
) -> list[tuple[Folded, ...]]:
    """Return the pieces of `left.format(...)`, in order."""
    row: list[tuple[Folded, ...]] = []
    taken = 0
    try:
        pieces = list(string.Formatter().parse(left.sql))
    except ValueError:
        return [(Folded((Hole(left.sql[:HOLE_SHOWN]),)),)]
    for before, name, spec, conversion in pieces:
        row.append((Folded((before,), left.at),))
        if name is None:
            continue
        hole = (Folded((Hole(name or str(taken)),)),)
        if name == "" or name.isdigit():
            index = int(name) if name else taken
            taken += 1
            value = placed[index] if index < len(placed) else hole
        else:
            value = named.get(name, hole)
        row.append(hole if spec or conversion else value)
    return row
