"""What counts as the same, and what a difference is called."""

import math
import uuid
from collections import namedtuple
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from diglot.differential.compare import Comparison, failure_words
from diglot.differential.outcome import Group, Outcome, tree_of
from diglot.parity.trace import Failure

BEGAN = datetime.now(UTC)
AT = datetime(2024, 1, 1, 12)  # noqa: DTZ001 - with and without a zone is what is compared
EAST = timezone(timedelta(hours=13, minutes=45))
KEY = uuid.UUID(int=7)
Pair = namedtuple("Pair", "left right")  # noqa: PYI024 - collections' own is a case of it


@dataclass(frozen=True)
class Thing:
    """A thing."""

    name: str
    weight: float = 0.0


@dataclass(frozen=True)
class Other:
    """Something else, with the same fields."""

    name: str
    weight: float = 0.0


class Plain:
    """An object with attributes."""

    def __init__(self, name: str) -> None:
        self.name = name


def mismatches(one: Any, other: Any, *volatile: str) -> list[tuple[str, str]]:
    """Return kind and path of what two results differ in."""
    compared = Comparison(BEGAN, frozenset(volatile)).trees(tree_of(one), tree_of(other))
    return [(found.kind, found.path) for found in compared]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, None),
        (0.1 + 0.2, 0.3),
        (math.nan, math.nan),
        (Decimal("1.50"), Decimal("1.50")),
        ([1, 2], [1, 2]),
        ({"b": 1, "a": [2]}, {"a": [2], "b": 1}),
        ({3, 1}, {1, 3}),
        (Thing("a", 0.1 + 0.2), Thing("a", 0.3)),
        (Plain("a"), Plain("a")),
        (Pair(1, 2), Pair(1, 2)),
        (iter([1]), iter([1])),
        (AT.replace(tzinfo=UTC), AT.replace(tzinfo=UTC)),
        (BEGAN, BEGAN + timedelta(milliseconds=5)),
    ],
)
def test_comparison_takes_the_same_for_the_same(one: Any, other: Any) -> None:
    """Floats within a tolerance, instants near to now, mappings in any order: an application sees no difference."""
    assert mismatches(one, other) == []


@pytest.mark.parametrize(
    ("one", "other", "kind", "path"),
    [
        (1, 2, "value", ""),
        (1, None, "value", ""),
        (1, True, "type", ""),
        (1, 1.0, "type", ""),
        (1.5, Decimal("1.5"), "type", ""),
        (2**53 + 1, 2.0**54, "value", ""),
        (10**400, 1.0, "value", ""),
        (Decimal("1.5"), Decimal("1.50"), "value", ""),
        (1.0, 1.00001, "value", ""),
        (math.nan, None, "value", ""),
        (b"a", memoryview(b"a"), "type", ""),
        (KEY, str(KEY), "type", ""),
        (KEY, KEY.hex, "type", ""),
        ("2024-01-01 12:00:00", AT, "type", ""),
        ("a", "A", "value", ""),
        (AT, AT.replace(tzinfo=UTC), "type", ""),
        (AT, AT.replace(tzinfo=EAST), "value", ""),
        (AT.replace(tzinfo=UTC), AT.replace(tzinfo=UTC).astimezone(EAST), "type", ""),
        (BEGAN.replace(tzinfo=None), BEGAN.astimezone(EAST), "type", ""),
        (BEGAN.replace(tzinfo=None), BEGAN.astimezone(EAST).replace(tzinfo=None), "value", ""),
        (BEGAN, BEGAN - timedelta(hours=1), "value", ""),
        (datetime.min, datetime.min.replace(tzinfo=EAST), "type", ""),  # noqa: DTZ901
        ([1, 2], [2, 1], "order", ""),
        ([1, 2], [1], "rows", ""),
        ([1, 2], [1, 3], "value", "[1]"),
        ([1], (1,), "type", ""),
        ([Thing("a")], [Thing("b")], "value", "[0].name"),
        (Thing("a"), Other("a"), "type", ""),
        (Plain("a"), Plain("b"), "value", ".name"),
        (Pair(1, 2), Pair(1, 3), "value", ".right"),
        ({"a": 1}, {"a": 1, "b": 2}, "columns", ""),
        ({"a": {"b": [1]}}, {"a": {"b": [2]}}, "value", "['a']['b'][0]"),
        ({1, 2}, {1, 3}, "value", "[]"),
    ],
)
def test_comparison_says_what_differs_and_where(one: Any, other: Any, kind: str, path: str) -> None:
    """The first difference has a kind, and a path as Python writes it."""
    assert mismatches(one, other)[0] == (kind, path)


def test_comparison_passes_over_volatile_places() -> None:
    """A place that varies by itself is not compared, in whichever row it is; its neighbours are."""
    one, other = [Thing("a", 1.0), Thing("b", 2.0)], [Thing("x", 1.0), Thing("y", 3.0)]

    assert mismatches(one, other, "[].name") == [("value", "[].weight")]


def test_comparison_takes_an_order_by_what_varies_for_none() -> None:
    """Rows with a column that varies may be in the order of that column, which is another one in every run."""
    one, other = [Thing("a", 1.0), Thing("b", 2.0)], [Thing("x", 2.0), Thing("y", 1.0)]

    assert mismatches(one, other, "[].name") == []
    assert mismatches([1, 2], [2, 1], "order ") == []


def test_comparison_pairs_rows_of_a_table_with_the_nearest() -> None:
    """Rows that are nowhere the same on the other side are compared with the one that differs the least."""
    one = Group("table", (("[0]", tree_of(Thing("a", 1.0))), ("[1]", tree_of(Thing("b", 2.0)))), "bag")
    other = Group("table", (("[0]", tree_of(Thing("x", 2.0))), ("[1]", tree_of(Thing("y", 1.0)))), "bag")

    assert [found.path for found in Comparison(BEGAN).trees(one, other)] == ["[].name", "[].name"]


def failed(name: str, code: str = "", driver: str = "driver") -> Outcome:
    """Return the outcome of a call that failed."""
    return Outcome(failure=Failure(name, "words of its own", driver if code else "", code))


@pytest.mark.parametrize(
    ("sqlite", "postgresql", "kinds"),
    [
        (failed("IntegrityError", "SQLITE_CONSTRAINT_UNIQUE"), failed("IntegrityError", "23505"), []),
        (failed("IntegrityError", "SQLITE_CONSTRAINT_PRIMARYKEY"), failed("IntegrityError", "23505"), []),
        (failed("IntegrityError", "SQLITE_CONSTRAINT_CHECK"), failed("IntegrityError", "23505"), ["error-class"]),
        (failed("OperationalError", "SQLITE_BUSY"), failed("OperationalError", "55P03"), []),
        (failed("OverflowError"), failed("DataError", "22003"), ["error-class"]),
        (failed("Taken"), failed("Taken"), []),
        (failed("Taken"), failed("Gone"), ["error-class"]),
        (Outcome(tree=None), failed("DataError", "22001"), ["error"]),
        (failed("Taken"), Outcome(tree=1), ["error"]),
        (Outcome(tree=1), Outcome(tree=1), []),
    ],
)
def test_comparison_of_failures_is_by_class_and_violation(
    sqlite: Outcome, postgresql: Outcome, kinds: list[str]
) -> None:
    """Two failures are the same when what an application would catch is, whatever the databases' words."""
    assert [found.kind for found in Comparison(BEGAN).outcomes(sqlite, postgresql)] == kinds


def test_failure_words_name_the_violation_or_the_code() -> None:
    """A key has a violation in words that both dialects share, else the database's code."""
    unique, length, own = failed("IntegrityError", "23505"), failed("DataError", "22001"), failed("Taken")

    words = [failure_words(one.failure) for one in (unique, length, own) if one.failure]

    assert words == ["IntegrityError unique", "DataError 22001", "Taken"]
