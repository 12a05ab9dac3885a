"""What a strategy's parameters may be: one flat JSON object that reads back alike on both dialects.

JSONB and JSON text part over numbers: JSONB turns `-0.0` into `0.0` and `1e16` into an integer, text keeps both.
JSON itself knows no integers, so that a whole number is one here however it is written: `1.0` is stored as `1`.
Beyond 2^53 many clients would lose digits; such numbers are refused, as RFC 7493 advises.
"""

import re
from typing import Any

from backend_v2.db.json_value import flaw
from backend_v2.errors import JsonDoesNotFit

MOST_PARAMETERS = 30
MOST_ITEMS = 20
LONGEST_TEXT = 100
LARGEST = 2**53 - 1
_NAME = r"^[a-z][a-z0-9_]{0,39}$"


def normalised(parameters: dict[str, Any]) -> dict[str, Any]:
    """Return parameters with each number in its one spelling; raises JsonDoesNotFit."""
    problem = flaw(parameters)
    if problem is not None:
        raise JsonDoesNotFit(problem=problem[:300])
    if len(parameters) > MOST_PARAMETERS:
        raise JsonDoesNotFit(problem=f"there are {len(parameters)} parameters, the most is {MOST_PARAMETERS}")
    for name in parameters:
        if not re.fullmatch(_NAME[1:-1], name):
            raise JsonDoesNotFit(problem=f"{name[:50]!r} is no name of a parameter, such as fast_window")
    return {name: _value(value, name) for name, value in parameters.items()}


def described() -> dict[str, Any]:
    """Return the JSON Schema of parameters: what `normalised` takes."""
    kinds: list[dict[str, Any]] = [
        {"type": "boolean"},
        {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
        {"type": "string", "maxLength": LONGEST_TEXT, "pattern": r"^[^\x00]*$"},
    ]
    lists = {"type": "array", "items": {"anyOf": kinds}, "maxItems": MOST_ITEMS}
    return {
        "type": "object",
        "propertyNames": {"pattern": _NAME},
        "additionalProperties": {"anyOf": [*kinds, lists]},
        "maxProperties": MOST_PARAMETERS,
    }


def _value(value: Any, name: str) -> Any:
    if not isinstance(value, list):
        return _scalar(value, name)
    if len(value) > MOST_ITEMS:
        raise JsonDoesNotFit(problem=f"{name} has {len(value)} items, the most is {MOST_ITEMS}")
    return [_scalar(one, name) for one in value]


def _scalar(value: Any, name: str) -> bool | float | str:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise JsonDoesNotFit(problem=f"{name} has {len(value)} characters, the most is {LONGEST_TEXT}")
        return value
    if not isinstance(value, int | float):
        raise JsonDoesNotFit(problem=f"{name} must be true, false, a number, text, or a list of these")
    if abs(value) > LARGEST:
        raise JsonDoesNotFit(problem=f"{name} is beyond 2^53, where not every client can tell numbers apart")
    return int(value) if value == int(value) else value
