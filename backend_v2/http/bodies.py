"""Read requests strictly: JSON that every reader understands alike, and a query that says each thing once.

A lenient reader takes what a client did not mean: the last of two keys, `NaN`, a letter in place of
broken bytes, the body of a form on another site. What a database could not keep is refused here too.
"""

import json
from functools import cached_property
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from apiflask import APIFlask, HTTPError
from flask import Request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

DEEPEST = 64
"""How many lists and objects may be inside each other; JSON that anybody means has less than ten."""

_EXACT = 2**53 - 1


def install(app: APIFlask) -> None:
    """Read every request of the application strictly."""
    app.json = _StrictJson(app)
    app.request_class = StrictRequest


class _Once(ImmutableMultiDict[str, str]):
    """Parameters of which each may be given once."""

    def to_dict(self, flat: bool = True) -> dict[str, Any]:
        """Return each parameter; raises HTTPError (422) when one is given twice."""
        twice = [name for name, values in self.lists() if len(values) > 1]
        if twice:
            raise _unfit("query", {name: ["it is given more than once"] for name in twice})
        return super().to_dict(flat)  # type: ignore[call-overload, no-any-return]


class StrictRequest(Request):
    """A request that is refused rather than guessed at."""

    parameter_storage_class = _Once

    @cached_property
    def args(self) -> Any:
        """The query; raises HTTPError (422) when it is no UTF-8."""
        try:
            unquote_to_bytes(self.query_string).decode()
        except UnicodeDecodeError:
            raise _unfit("query", {"_schema": ["it is not UTF-8"]}) from None
        return super().args

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """Return the body; raises UnsupportedMediaType, BadRequest, and HTTPError (422) for null.

        The framework asks with `force`, and takes null for an empty object: neither is granted.
        """
        if not self.is_json:
            raise UnsupportedMediaType("the body must be JSON, and the header Content-Type must say application/json")
        body = super().get_json(force=force, silent=silent, cache=cache)
        if body is None:
            raise _unfit("json", {"_schema": ["it must be an object"]})
        return body

    def on_json_loading_failed(self, e: ValueError | None) -> NoReturn:
        """Raise BadRequest with what is wrong."""
        raise BadRequest(f"the body is no JSON that can be read: {e!s:.200}")


class _StrictJson(DefaultJSONProvider):
    """JSON as RFC 7493 (I-JSON) narrows it: no key twice, no half of a surrogate pair, no NaN."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return the value; raises ValueError with what is wrong."""
        text = s.decode() if isinstance(s, bytes) else s
        try:
            value = json.loads(
                text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_number, **kwargs
            )
        except RecursionError:
            raise ValueError("it is nested too deep") from None
        if text.count("[") + text.count("{") > DEEPEST:
            _refuse_depth(value)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode()
        return value


def _unfit(place: str, problems: dict[str, list[str]]) -> HTTPError:
    return HTTPError(422, "Validation error", detail={place: problems})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise ValueError(f"the key {name!r:.60} is given more than once")
            seen.add(name)
    return found


def _number(text: str) -> float:
    """Return 1 for 1.0: JSON has one kind of number, and a schema takes 1.0 for an integer."""
    number = float(text)
    return int(number) if number.is_integer() and abs(number) <= _EXACT else number


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _refuse_depth(value: Any) -> None:
    layer, depth = [value], 0
    while layer:
        if depth > DEEPEST:
            raise ValueError(f"it is nested more than {DEEPEST} deep")
        members = (one.values() if isinstance(one, dict) else one for one in layer if isinstance(one, dict | list))
        layer, depth = [one for inside in members for one in inside], depth + 1
