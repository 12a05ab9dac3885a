"""What `normalised` takes by itself, whoever calls it: values that no JSON text can bring in are refused as well."""

import math
from typing import Any

import jsonschema
import pytest

from backend_v2.errors import JsonDoesNotFit
from backend_v2.settings.preferences import LARGEST, described, normalised

FITS: list[tuple[Any, Any]] = [
    (1.0, 1),
    (-0.0, 0),
    (float(LARGEST), LARGEST),
    (-LARGEST, -LARGEST),
    (0.5, 0.5),
    (True, True),
    (None, None),
    ("x" * 1000, "x" * 1000),
    ([1.0, [2.0, [3.0]]], [1, [2, [3]]]),
    ({"k" * 100: {"": {"a": 1.0}}}, {"k" * 100: {"": {"a": 1}}}),
]
DOES_NOT_FIT: list[Any] = [
    LARGEST + 1,
    -(2.0**53),
    10**400,
    "\0",
    "x" * 1001,
    {"k" * 101: 1},
    {"\0": 1},
    [0] * 101,
    [[[[]]]],
    {"a": {"b": {"c": {}}}},
    [[[{}]]],
]
NO_JSON: list[Any] = [math.nan, math.inf, -math.inf, "\ud800", {"\udfff": 1}, {1: 1}, b"x", {1, 2}]


@pytest.mark.parametrize(("value", "kept"), FITS, ids=lambda value: repr(value)[:40])
def test_normalised_gives_each_number_one_spelling(value: Any, kept: Any) -> None:
    """Whole numbers become integers, at any depth; what fits the description is taken."""
    jsonschema.validate({"v": value}, described())

    found = normalised({"v": value})

    assert found == {"v": kept}
    assert repr(found) == repr({"v": kept})


@pytest.mark.parametrize("value", DOES_NOT_FIT, ids=lambda value: repr(value)[:40])
def test_normalised_refuses_what_the_description_refuses(value: Any) -> None:
    """Each bound is where the description says it is."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"v": value}, described())

    with pytest.raises(JsonDoesNotFit):
        normalised({"v": value})


@pytest.mark.parametrize("value", NO_JSON, ids=repr)
def test_normalised_refuses_what_is_no_json(value: Any) -> None:
    """What JSON does not have is refused with its place."""
    with pytest.raises(JsonDoesNotFit, match=r"\$"):
        normalised({"v": value})
