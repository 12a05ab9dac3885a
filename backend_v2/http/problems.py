"""Every error as one JSON shape, RFC 9457: type, title, status, detail, and the request's id.

What Raptor itself raises says what was wrong; of anything else only the id leaves the process.
"""

import logging
from http import HTTPStatus
from typing import Any

from apiflask import APIFlask
from flask import Response, jsonify
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException

from backend_v2 import errors
from backend_v2.http.request_id import current_request_id

log = logging.getLogger("backend_v2")

_STATUS: dict[type[errors.RaptorError], int] = {
    errors.BadRequest: 400,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.NumberDoesNotFit: 422,
    errors.TooManyRequests: 429,
    errors.UpstreamUnavailable: 502,
    errors.NotReady: 503,
}


class Problem(BaseModel):
    """The body of every error. type: a stable URI. detail: for people."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: Any | None = None


def responses(*statuses: int) -> dict[int | str, Any]:
    """Return the OpenAPI answers of a route that may end with these problems."""
    schema = Problem.model_json_schema()
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": schema}},
        }
        for status in statuses
    }


def install(app: APIFlask) -> None:
    """Answer every error of the application with a problem."""
    app.register_error_handler(errors.RaptorError, _raptor_error)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(Exception, _unexpected)

    @app.error_processor
    def _validation(error: Any) -> tuple[Response, int, dict[str, str]]:
        detail = error.detail if isinstance(error.detail, dict) else {}
        response = problem(error.status_code, error.message, "the request does not fit its schema", errors=detail)
        return response, error.status_code, dict(error.headers or {})


def problem(status: int, title: str, detail: str, **more: Any) -> Response:
    """Return a problem as an answer."""
    slug = title.lower().replace(" ", "-")
    body = Problem(
        type=f"urn:raptor:problem:{slug}",
        title=title,
        status=status,
        detail=detail,
        request_id=current_request_id(),
        **more,
    )
    response = jsonify(body.model_dump(exclude_none=True))
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def _raptor_error(error: errors.RaptorError) -> Response:
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s: %s", type(error).__name__, error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unexpected(error)
    response = problem(status, error.title, str(error) or error.title)
    if isinstance(error, errors.TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    response = problem(status, error.name, error.description or error.name)
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _unexpected(error: Exception) -> Response:
    log.error("unhandled %s", type(error).__name__, exc_info=error)
    return problem(500, "Internal error", "something went wrong here; the request id finds it in the logs")
