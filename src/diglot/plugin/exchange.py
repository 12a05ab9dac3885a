"""Describe one HTTP answer of the application under test, as a trace holds it."""

import json
from typing import Any

from diglot.client import Response
from diglot.parity.trace import Exchange, Site

_MOST_TEXT = 20_000


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
            return json.loads(content)
        except ValueError:
            pass
    return content[:_MOST_TEXT].decode("utf-8", "replace")
