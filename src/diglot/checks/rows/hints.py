"""What the text of a constraint says about the values that it takes.

Postgres writes a constraint in one form, whatever it was given: literals are quoted and cast, and `IN` is
`= ANY (ARRAY[...])`.
"""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from diglot.checks.rows.patterns import matching

_LITERAL = re.compile(r"'((?:[^']|'')*)'(?:::(?:character varying|text|bpchar|\"?[\w .]+\"?))?")
_NUMBER = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?(?![\w.'])")
_PATTERN = re.compile(r"(?<!!)~\*?\s*\(?'((?:[^']|'')*)'")
_SIMILAR = re.compile(r"(?<!!)~~\*?\s*\(?'((?:[^']|'')*)'")
_LENGTH = re.compile(r"\b(?:char_length|character_length|length|octet_length)\b")
_KEY = re.compile(r"\((.*)\)")
_LONGEST = 2000


@dataclass(frozen=True)
class Hints:
    """Values that a constraint names or that lie just beside its bounds, each the more likely one first."""

    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


def hints_of(checks: Iterable[str]) -> Hints:
    """Return what the texts of some constraints suggest for one column that they name."""
    texts: list[str] = []
    numbers: list[str] = []
    for check in checks:
        texts += _matches(check)
        texts += _lengths(check)
        texts += [found.replace("''", "'") for found in _LITERAL.findall(check)]
        numbers += _bounds(check)
    return Hints(tuple(dict.fromkeys(texts)), tuple(dict.fromkeys(numbers)))


def partition_hints(key: str, bounds: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return, for each column of a partition's key, values that some partition takes.

    key: such as `RANGE (created_at)`; bounds: such as `FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')`.
    """
    names = [name.strip().strip('"') for name in _KEY.sub(r"\1", key.partition(" ")[2]).split(",")]
    found: dict[str, list[str]] = {name: [] for name in names}
    for bound in bounds:
        if "IN (" in bound:
            found[names[0]] += _written(bound)
        elif "FROM (" in bound:
            for name, value in zip(names, _written(bound.partition(" TO ")[0]), strict=False):
                found[name].append(value)
    return {name: tuple(values) for name, values in found.items()}


def _written(bound: str) -> list[str]:
    inside = bound[bound.index("(") + 1 : bound.rindex(")")]
    return [part.strip().strip("'") for part in inside.split(",") if part.strip() not in ("MINVALUE", "NULL")]


def _matches(check: str) -> list[str]:
    patterns = [found.replace("''", "'") for found in _PATTERN.findall(check)]
    made = [matching(pattern, wish=wish) for pattern in patterns for wish in (1, 3, 12)]
    like = [found.replace("''", "'").replace("%", "").replace("_", "a") for found in _SIMILAR.findall(check)]
    return [one for one in made if one] + like


def _lengths(check: str) -> list[str]:
    """Texts of exactly the lengths that a constraint on a length names, and of one more."""
    if not _LENGTH.search(check):
        return []
    lengths = [int(float(found)) for found in _NUMBER.findall(check)]
    fitting = [length for named in lengths for length in (named, named + 1) if 0 < length <= _LONGEST]
    return [letter * length for letter in "aA1" for length in fitting]


def _bounds(check: str) -> list[str]:
    plain = re.sub(r"'(-?\d+(?:\.\d+)?)'::[\w ]+", r"\1", check)
    values = [float(found) if "." in found else int(found) for found in _NUMBER.findall(plain)]
    between = [(one + other) / 2 for one, other in itertools.pairwise(values)]
    whole = [int(one) for one in between]
    near = [one + step for one in values for step in (0, 1, -1)]
    return [f"{one:g}" if abs(one) < 1e6 else str(one) for one in (*whole, *near, *between)]
