"""Give every request an id that the answer and the logs repeat."""

import logging
import re
import secrets

from flask import Flask, Response, g, has_request_context, request

HEADER = "X-Request-ID"

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")


def current_request_id() -> str | None:
    """Return the id of the request that is being served, or None outside of one."""
    return getattr(g, "request_id", None) if has_request_context() else None


def install(app: Flask) -> None:
    """Take the caller's id when it is well formed, else make one; return it with the answer."""

    def begin() -> None:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)

    def end(response: Response) -> Response:
        response.headers[HEADER] = g.get("request_id", "")
        return response

    app.before_request(begin)
    app.after_request(end)


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to each record, for a formatter to show."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with the id or a dash."""
        record.request_id = current_request_id() or "-"
        return True
