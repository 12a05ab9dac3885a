"""The id of a request: in the answer, and in every line of the log."""

import logging
from collections.abc import Iterator

import pytest
from apiflask import APIFlask

from backend_v2.http.request_id import RequestIdFilter


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What is logged, each record with the request's id, as the server's handler has it."""
    caplog.set_level(logging.INFO, logger="backend_v2")
    stamp = RequestIdFilter()
    caplog.handler.addFilter(stamp)
    yield caplog
    caplog.handler.removeFilter(stamp)


def _ids(logged: pytest.LogCaptureFixture) -> list[str]:
    return [vars(record)["request_id"] for record in logged.records if record.name.startswith("backend_v2")]


def test_log_repeats_the_id_of_a_request(app: APIFlask, logged: pytest.LogCaptureFixture) -> None:
    """The line of a request carries the id that its answer carries."""
    answer = app.test_client().get("/nowhere", headers={"X-Request-ID": "abc-12345"})

    assert _ids(logged) == [answer.headers["X-Request-ID"]] == ["abc-12345"]


def test_log_has_a_line_for_each_request_without_its_query(app: APIFlask, logged: pytest.LogCaptureFixture) -> None:
    """Method, path, status and time are logged; the query may be private and is not."""
    app.test_client().get("/nowhere?email=ada@example.com")

    assert logged.messages[0].startswith("GET /nowhere 404 ")
    assert "ada" not in logged.text


def test_path_cannot_forge_a_line(app: APIFlask, logged: pytest.LogCaptureFixture) -> None:
    """A line break in a path stays quoted in the log."""
    app.test_client().get("/x%0AERROR%20forged")

    assert "\n" not in logged.messages[0]


@pytest.mark.parametrize("given", ["short", "x" * 65, "has space", "semi;colon", "new%0Aline", ""])
def test_malformed_id_is_replaced(app: APIFlask, given: str) -> None:
    """Only 8 to 64 plain letters are taken over from a caller."""
    answer = app.test_client().get("/nowhere", headers={"X-Request-ID": given})

    assert answer.headers["X-Request-ID"] != given
    assert len(answer.headers["X-Request-ID"]) == 32


def test_record_outside_of_a_request_has_a_dash() -> None:
    """What is logged while nothing is served has no id."""
    record = logging.makeLogRecord({})

    assert RequestIdFilter().filter(record)
    assert vars(record)["request_id"] == "-"
