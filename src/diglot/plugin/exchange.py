"""Describe one HTTP answer of the application under test, as a trace holds it."""

import json
from typing import Any

from diglot.client import Response
from diglot.parity.trace import Exchange, Site

_MOST_TEXT = 20_000
_DEEPEST = 100
"""What is nested deeper is kept as text: whoever walks through it would run out of stack."""


def describe(response: Response, site: Site) -> Exchange:
    """Return a request and its answer; site: the line that sent it."""
    request = response.request
    content_type = response.headers.get("content-type", "").partition(";")[0].strip()
    asked = request.headers.get("content-type", "").partition(";")[0].strip()
    return Exchange(
        method=request.method,
        path=request.url.raw_path.decode("ascii", "replace"),
        status=response.status_code,
        site=site,
        content_type=content_type,
        body=_body(content_type, response.content),
        request_body=_body(asked, request.content),
    )


def _body(content_type: str, content: bytes) -> Any:
    """What a body says: JSON where it is JSON, else text; None when it is empty."""
    if not content:
        return None
    if content_type == "application/json" or content_type.endswith("+json"):
        try:
            parsed = json.loads(content)
            if not _is_deep(parsed):
                return parsed
        except (ValueError, RecursionError):
            pass
    return content[:_MOST_TEXT].decode("utf-8", "replace")


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEEPEST):
        members = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [member for some in members for member in some]
        if not level:
            return False
    return True
