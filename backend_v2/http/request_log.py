"""Log every request in one line: what was asked, how it ended, how long it took."""

import logging
import time
from urllib.parse import quote

from flask import Flask, Response, g, request

log = logging.getLogger("backend_v2.requests")


def install(app: Flask) -> None:
    """Log each request when it has been answered.

    The query stays out, since it may hold what is private; the path is quoted, so that it
    cannot forge a line of its own.
    """

    def begin() -> None:
        g.began_at = time.perf_counter()

    def end(response: Response) -> Response:
        took_ms = (time.perf_counter() - g.began_at) * 1000 if "began_at" in g else 0.0
        log.info("%s %s %d %.1f ms", request.method, quote(request.path), response.status_code, took_ms)
        return response

    app.before_request(begin)
    app.after_request(end)
