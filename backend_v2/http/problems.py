"""Every error as one JSON shape, RFC 9457: type, title, status, detail, and the request's id.

What Raptor itself raises says what was wrong; of anything else only the id leaves the process.
"""

import logging
from http import HTTPStatus
from typing import Any

from apiflask import APIFlask, HTTPError
from flask import Response, jsonify
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError, StatementError, TimeoutError as PoolExhausted
from werkzeug.exceptions import HTTPException

from backend_v2 import errors
from backend_v2.http.request_id import current_request_id

MEDIA_TYPE = "application/problem+json"

log = logging.getLogger("backend_v2")

_STATUS: dict[type[errors.RaptorError], int] = {
    errors.BadRequest: 400,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.NumberDoesNotFit: 422,
    errors.TextDoesNotFit: 422,
    errors.JsonDoesNotFit: 422,
    errors.TooManyRequests: 429,
    errors.UpstreamUnavailable: 502,
    errors.UpstreamBusy: 503,
    errors.NotReady: 503,
}

_PASSING = {"40001", "40P01", "55P03", "SQLITE_BUSY", "SQLITE_LOCKED"}
"""Serialization failure, deadlock, a lock that was not to be had; on SQLite a writer that waited for too long."""

PROBLEM_REF = "#/components/schemas/Problem"


class Problem(BaseModel):
    """The body of every error. type: a stable URI. detail: for people. errors: what is wrong, by field."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str | None = None
    errors: dict[str, Any] | None = None


def responses(*statuses: int) -> dict[int | str, Any]:
    """Return the OpenAPI answers of a route that may end with these problems; 500 is added to all."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM_REF}}},
        }
        for status in statuses
    }


def install(app: APIFlask) -> None:
    """Answer every error of the application with a problem."""
    app.register_error_handler(errors.RaptorError, _raptor_error)
    app.register_error_handler(HTTPError, _does_not_fit)
    app.register_error_handler(HTTPException, _http_exception)
    app.register_error_handler(StatementError, _statement_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(PoolExhausted, _database_error)
    app.register_error_handler(Exception, _unexpected)


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
    response.content_type = MEDIA_TYPE
    return response


def _raptor_error(error: errors.RaptorError) -> Response:
    status = next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s: %s", type(error).__name__, error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unexpected(error)
    response = problem(status, error.title, str(error) or error.title)
    if isinstance(error, errors.TooManyRequests | errors.UpstreamBusy):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _does_not_fit(error: HTTPError) -> Response:
    return problem(
        error.status_code,
        error.message or "Bad request",
        "the request does not fit its schema",
        errors=dict(error.detail or {}),
    )


def _statement_error(error: StatementError) -> Response:
    """Answer for what a column refused while a value was bound: SQLAlchemy wraps it, though it is the caller's."""
    return _raptor_error(error.orig) if isinstance(error.orig, errors.RaptorError) else _unexpected(error)


def _database_error(error: DBAPIError | PoolExhausted) -> Response:
    """Tell what passes, a database out of reach or in its own way, from a statement that is a mistake."""
    if isinstance(error, DBAPIError) and _was_in_its_own_way(error):
        log.warning("two transactions were in each other's way", exc_info=error)
        response = problem(503, "Not ready", "the database was busy with something that concerns the same; try again")
        response.headers["Retry-After"] = "1"
        return response
    if isinstance(error, DBAPIError) and error.statement is not None and not error.connection_invalidated:
        return _unexpected(error)
    log.error("the database cannot be reached", exc_info=error)
    return problem(503, "Not ready", "the database cannot be reached; try again later")


def _was_in_its_own_way(error: DBAPIError) -> bool:
    """Say whether the database undid a transaction for the sake of another: the same request may succeed next time."""
    code = getattr(error.orig, "pgcode", None) or getattr(error.orig, "sqlite_errorname", None)
    return code in _PASSING


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
