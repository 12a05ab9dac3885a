"""What a client may keep in its preferences: JSON of bounded size that reads back alike on both dialects.

JSONB and JSON text part over numbers: JSONB turns `-0.0` into `0.0` and `1e16` into an integer, text keeps
both. JSON itself knows no integers, so that a whole number is one here however it is written: `1.0` is stored
as `1`. Beyond 2^53 many clients would lose digits; such numbers are refused (RFC 7493), as NaN and infinity are.
"""

import json
from typing import Any

from backend_v2.db.json_value import flaw
from backend_v2.errors import JsonDoesNotFit

LEVELS = 4
"""How deep objects and lists may be nested, the preferences themselves counted."""
LONGEST_KEY = 100
LONGEST_TEXT = 1000
MOST_MEMBERS = 100
"""Of one object in a patch, or of one list."""
MOST_KEYS = 1000
"""Of all objects together."""
MOST_BYTES = 64 * 1024
"""Of the whole as JSON without needless blanks, in UTF-8."""
LARGEST = 2**53 - 1

_NO_NUL = r"^[^\x00]*$"
_PATH_SHOWN = 100


def normalised(patch: Any) -> Any:
    """Return a patch with each number in its one spelling; raises JsonDoesNotFit.

    Whatever is merged of such patches fits as well, except that it may be too large: see `check_size`.
    """
    problem = flaw(patch)
    if problem is not None:
        raise JsonDoesNotFit(problem=problem[: 3 * _PATH_SHOWN])
    return _normalised(patch, "$", LEVELS)


def check_size(preferences: dict[str, Any]) -> None:
    """Raise JsonDoesNotFit when preferences, as a patch would leave them, are too large."""
    keys = _keys(preferences)
    if keys > MOST_KEYS:
        raise JsonDoesNotFit(problem=f"the preferences would have {keys} keys, the most is {MOST_KEYS}")
    size = len(json.dumps(preferences, ensure_ascii=False, separators=(",", ":")).encode())
    if size > MOST_BYTES:
        raise JsonDoesNotFit(problem=f"the preferences would have {size} bytes, the most is {MOST_BYTES}")


def described() -> dict[str, Any]:
    """Return the JSON Schema of a patch: what `normalised` takes."""
    return _object(LEVELS - 1)


def _normalised(value: Any, where: str, levels: int) -> Any:
    if isinstance(value, dict | list | tuple):
        return _container(value, where[:_PATH_SHOWN], levels)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, where)
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        raise JsonDoesNotFit(problem=f"{where} has {len(value)} characters, the most is {LONGEST_TEXT}")
    return value


def _container(value: Any, where: str, levels: int) -> Any:
    if levels == 0:
        raise JsonDoesNotFit(problem=f"{where} is nested deeper than {LEVELS} levels")
    if len(value) > MOST_MEMBERS:
        raise JsonDoesNotFit(problem=f"{where} has {len(value)} members, the most is {MOST_MEMBERS}")
    if not isinstance(value, dict):
        return [_normalised(one, f"{where}[{index}]", levels - 1) for index, one in enumerate(value)]
    for key in value:
        if len(key) > LONGEST_KEY:
            raise JsonDoesNotFit(problem=f"a key of {where} has {len(key)} characters, the most is {LONGEST_KEY}")
    return {key: _normalised(one, f"{where}.{key}", levels - 1) for key, one in value.items()}


def _number(value: float, where: str) -> int | float:
    if abs(value) > LARGEST:
        raise JsonDoesNotFit(problem=f"{where} is beyond 2^53, where not every client can tell numbers apart")
    return int(value) if value == int(value) else value


def _keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_keys, value.values()))
    return sum(map(_keys, value)) if isinstance(value, list) else 0


def _object(levels: int) -> dict[str, Any]:
    return {
        "type": "object",
        "propertyNames": {"maxLength": LONGEST_KEY, "pattern": _NO_NUL},
        "additionalProperties": _value(levels),
        "maxProperties": MOST_MEMBERS,
    }


def _value(levels: int) -> dict[str, Any]:
    """Return the schema of a value in which objects and lists are nested at most `levels` deep."""
    kinds: list[dict[str, Any]] = [
        {"type": "null"},
        {"type": "boolean"},
        {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
        {"type": "string", "maxLength": LONGEST_TEXT, "pattern": _NO_NUL},
    ]
    if levels > 0:
        kinds.append({"type": "array", "items": _value(levels - 1), "maxItems": MOST_MEMBERS})
        kinds.append(_object(levels - 1))
    return {"anyOf": kinds}
