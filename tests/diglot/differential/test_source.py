"""Values are written as Python that makes them again."""

import enum
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from diglot.differential import operation
from diglot.differential.operations import Call
from diglot.differential.source import Source, as_test
from tests.diglot.differential.planted import Box, Shop, ThingRepository


class Colour(enum.Enum):
    """A colour."""

    RED = 1


class Pair(NamedTuple):
    """Two numbers."""

    left: int
    right: int


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        2**63,
        -0.0,
        float("inf"),
        "a'b\0",
        "é" * 300,
        b"\xff" * 30,
        Decimal("1.50"),
        uuid.UUID(int=7),
        datetime(2024, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=-8))),
        datetime(2024, 7, 2, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2024, 1, 2),  # noqa: DTZ001 - one without a zone is a case of it
        date(2024, 2, 29),
        time(1, 2, tzinfo=UTC),
        timedelta(days=-1, seconds=5),
        Colour.RED,
        Pair(1, 2),
        Box(Box([1, (2,), {3}, frozenset({4}), {"a": Decimal(1)}, set()])),
        (),
    ],
    ids=repr,
)
def test_source_makes_an_equal_value(value: Any) -> None:
    """What is written, with its imports, evaluates to an equal value of the same type."""
    source = Source()
    text = str(source.value(value))

    names: dict[str, Any] = {}
    exec("\n".join(source.imports()), names)  # noqa: S102 - to run it is the promise
    made = eval(text, names)  # noqa: S307

    assert made == value
    assert type(made) is type(value)
    assert len(text) < 120


def test_source_shows_nan_and_mapped_objects() -> None:
    """What is equal to nothing, or only to itself, is written so that it can be made again."""
    assert str(Source().value(float("nan"))) == 'float("nan")'
    assert str(Source().value(Shop(name="a"))) == "Shop(name='a')"


def test_source_breaks_long_calls() -> None:
    """A call that does not fit into a line has a line for each part, as deep as need be."""
    rows = [Box("a" * 20 + str(number)) for number in range(4)]
    add_all = Call(operation(ThingRepository.add_all, rows=None), {"rows": rows})

    text = as_test([(add_all, False)], "what is to be seen")

    assert text == PASTED


PASTED = """\
from tests.diglot.differential.planted import Box, ThingRepository

def test_the_dialects_agree(diglot):
    with diglot.connect() as connection:
        ThingRepository(connection).add_all(
            rows=[
                Box(content='aaaaaaaaaaaaaaaaaaaa0'),
                Box(content='aaaaaaaaaaaaaaaaaaaa1'),
                Box(content='aaaaaaaaaaaaaaaaaaaa2'),
                Box(content='aaaaaaaaaaaaaaaaaaaa3'),
            ],
        )
    # what is to be seen"""
