"""An application with nothing but what all routes have in common, and routes that fail in chosen ways."""

from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from backend_v2.http import problems, request_id, request_log

Fail = Callable[[Exception], FlaskClient]


@pytest.fixture
def app() -> APIFlask:
    """The application."""
    app = APIFlask(__name__)
    request_id.install(app)
    request_log.install(app)
    problems.install(app)
    return app


@pytest.fixture
def failing(app: APIFlask) -> Fail:
    """Makes `GET /` raise an error; returns a client."""

    def fail(error: Exception) -> FlaskClient:
        @app.get("/")
        def view() -> str:
            raise error

        return app.test_client()

    return fail
