"""Every error is a problem, with what the caller needs and nothing that they must not see."""

from datetime import datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa
from apiflask import APIFlask
from sqlalchemy.exc import OperationalError, StatementError, TimeoutError as PoolExhausted
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized as HttpUnauthorized

from backend_v2 import errors
from backend_v2.tests.http.conftest import Fail

SECRET = "postgresql://owner:s3cret@db/raptor"


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (errors.BadRequest("no"), 400, "Bad request"),
        (errors.Unauthorized("no"), 401, "Unauthorized"),
        (errors.Forbidden("no"), 403, "Forbidden"),
        (errors.NotFound("no"), 404, "Not found"),
        (errors.Conflict("no"), 409, "Conflict"),
        (errors.TooManyRequests("no", retry_after_s=7), 429, "Too many requests"),
        (errors.UpstreamUnavailable("no"), 502, "Upstream unavailable"),
        (errors.UpstreamBusy("no", retry_after_s=7), 503, "Upstream busy"),
        (errors.NotReady("no"), 503, "Not ready"),
    ],
)
def test_error_of_raptor_has_its_status(failing: Fail, error: Exception, status: int, title: str) -> None:
    """Each cause has one status, one title and one type, and says its own message."""
    answer = failing(error).get("/")
    body = answer.get_json()

    assert answer.status_code == body["status"] == status
    assert (body["title"], body["detail"]) == (title, "no")
    assert body["type"] == "urn:raptor:problem:" + title.lower().replace(" ", "-")


@pytest.mark.parametrize("kind", [errors.TooManyRequests, errors.UpstreamBusy])
def test_error_that_passes_says_when_to_come_back(
    failing: Fail, kind: type[errors.TooManyRequests | errors.UpstreamBusy]
) -> None:
    """Who has to wait is told how long."""
    answer = failing(kind("no", retry_after_s=7)).get("/")

    assert answer.headers["Retry-After"] == "7"


@pytest.mark.parametrize("error", [RuntimeError(SECRET), errors.ConfigInvalid(name="X", problem=SECRET, fix="")])
def test_unexpected_error_keeps_its_words(failing: Fail, error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Of a failure inside only the request's id leaves; the log has the rest."""
    answer = failing(error).get("/")

    assert answer.status_code == 500
    assert "s3cret" not in answer.text
    assert "s3cret" in caplog.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError(None, None, Exception(SECRET)), 503),
        (OperationalError("SELECT 1", {}, Exception(SECRET), connection_invalidated=True), 503),
        (PoolExhausted(SECRET), 503),
        (OperationalError("SELECT 1", {}, Exception(SECRET)), 500),
    ],
    ids=["no connection", "lost connection", "no connection free", "statement failed"],
)
def test_database_that_cannot_be_reached_is_told_from_a_mistake(failing: Fail, error: Exception, status: int) -> None:
    """An outage passes, 503; a statement that failed is a mistake, 500; the address never shows."""
    answer = failing(error).get("/")

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert "s3cret" not in answer.text


class _Thing(sa.TypeDecorator[str]):
    """A column that refuses."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: object, dialect: sa.Dialect) -> str:  # noqa: ARG002 - the base class's
        """Raise what was given."""
        assert isinstance(value, Exception)
        raise value


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.TextDoesNotFit(problem="it contains the character NUL"), 422),
        (errors.NumberDoesNotFit(value=Decimal("1e30"), precision=18, scale=6), 422),
        (errors.JsonDoesNotFit(problem="$ is nan"), 422),
        (errors.NaiveInstant(value=datetime(2024, 1, 1)), 500),  # noqa: DTZ001 - that is what is refused
        (ValueError(SECRET), 500),
    ],
)
def test_value_that_a_column_refuses_is_the_callers_mistake(app: APIFlask, error: Exception, status: int) -> None:
    """SQLAlchemy wraps what is raised while a value is bound; what does not fit is 422 all the same."""

    @app.get("/")
    def view() -> str:
        with sa.create_engine("sqlite://").connect() as connection:
            return str(connection.execute(sa.select(sa.bindparam("thing", error, type_=_Thing()))).scalar())

    answer = app.test_client().get("/")

    assert answer.status_code == status
    assert "s3cret" not in answer.text
    assert "SELECT" not in answer.text


def test_statement_that_cannot_be_compiled_is_our_mistake(failing: Fail) -> None:
    """A statement that fails before the database has seen it is 500."""
    assert failing(StatementError(SECRET, "SELECT 1", {}, None)).get("/").status_code == 500


def test_http_error_keeps_its_headers_and_says_what_is_wrong(failing: Fail) -> None:
    """The framework's own errors are problems as well, with the headers that belong to them."""
    answer = failing(HttpUnauthorized("who?", www_authenticate=WWWAuthenticate("basic"))).get("/")

    assert (answer.status_code, answer.get_json()["detail"]) == (401, "who?")
    assert answer.headers["WWW-Authenticate"].lower().startswith("basic")


@pytest.mark.parametrize(("method", "status"), [("GET", 404), ("POST", 404)])
def test_unknown_path_does_not_speak_of_schemas(app: APIFlask, method: str, status: int) -> None:
    """A path that is not there has a detail of its own, and no list of fields."""
    body = app.test_client().open("/nowhere", method=method).get_json()

    assert body["status"] == status
    assert "not found" in body["detail"]
    assert "errors" not in body


@pytest.mark.parametrize(
    ("name", "code"),
    [("pgcode", "40P01"), ("pgcode", "40001"), ("pgcode", "55P03"), ("sqlite_errorname", "SQLITE_BUSY")],
)
def test_transaction_that_made_way_for_another_may_be_tried_again(failing: Fail, name: str, code: str) -> None:
    """A deadlock is nobody's mistake: 503 with a time, and no word of SQL."""
    refusal = RuntimeError("deadlock detected")
    setattr(refusal, name, code)

    answer = failing(OperationalError("UPDATE users SET ...", {}, refusal)).get("/")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert "UPDATE" not in answer.text


def test_statement_that_is_a_mistake_stays_one(failing: Fail) -> None:
    """Any other failure of a statement is 500: to try again would not help."""
    answer = failing(OperationalError("SELECT 1", {}, RuntimeError("no such table"))).get("/")

    assert answer.status_code == 500
