"""Requests are read strictly: what a reader could take in two ways is refused, and never an error of ours."""

import json
from typing import Annotated, Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from pydantic import Field

from backend_v2.http import bodies
from backend_v2.http.fields import Closed, QueryFlag


class _Body(Closed):
    """A body that takes any value."""

    value: Any = None


class _Number(Closed):
    """A body that takes a whole number of a column's size."""

    value: Annotated[int, Field(strict=True, ge=-(2**63), le=2**63 - 1)]


class _Query(Closed):
    """A query of two parameters."""

    name: Annotated[str, Field(max_length=10)] = ""
    flag: QueryFlag = False


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    """A client of an application with a body and a query."""
    bodies.install(app)
    app.config["MAX_CONTENT_LENGTH"] = 10_000

    @app.post("/body")
    @app.input(_Body, arg_name="body")
    def body(body: _Body) -> dict[str, Any]:
        return {"value": body.value}

    @app.get("/query")
    @app.input(_Query, location="query", arg_name="query")
    def query(query: _Query) -> dict[str, Any]:
        return query.model_dump()

    return app.test_client()


def _post(client: FlaskClient, body: str | bytes, media_type: str = "application/json") -> tuple[int, str]:
    answer = client.post("/body", data=body, headers={"Content-Type": media_type})
    return answer.status_code, answer.get_json().get("detail", "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"value": 1,}',
        b'{"value": "\xff"}',
        b"\xff\xfe{\x00}\x00",
        b'{"value": NaN}',
        b'{"value": -Infinity}',
        b'{"value": 1, "value": 2}',
        b'{"value": {"a": 1, "a": 1}}',
        rb'{"value": "\ud800"}',
        rb'{"\udfff": 1}',
        b'{"value": ' + b"9" * 5000 + b"}",
        b'{"value": ' + b"[" * 70 + b"]" * 70 + b"}",
        b'{"value": ' + b"[" * 4000 + b"]" * 4000 + b"}",
        b"[" * 5000,
    ],
    ids=[
        "nothing", "cut off", "comma", "latin", "utf-16", "NaN", "infinity", "key twice", "key twice inside", "half",
        "half as a key", "5000 digits", "70 deep", "4000 deep", "5000 deep and cut off",
    ],
)  # fmt: skip
def test_body_that_is_no_plain_json_is_refused(client: FlaskClient, body: bytes) -> None:
    """What readers of JSON disagree about is 400, with what is wrong with it."""
    status, detail = _post(client, body)

    assert status == 400
    assert detail.startswith("the body is no JSON that can be read: ")


@pytest.mark.parametrize(
    "value",
    [rb'"\ud83d\ude00"', b"1.0", b"-0", b"1e300", b"[" * 60 + b"]" * 60, b"null", b'"\xc3\xa4"', b"9" * 4000],
    ids=["pair", "float", "minus zero", "large float", "60 deep", "null", "umlaut", "4000 digits"],
)
def test_body_that_is_plain_json_is_read(client: FlaskClient, value: bytes) -> None:
    """What every reader understands alike is taken as it is."""
    answer = client.post("/body", data=b'{"value": ' + value + b"}", content_type="application/json")

    assert answer.status_code == 200
    assert answer.get_json()["value"] == json.loads(value)


@pytest.mark.parametrize(
    ("number", "status"),
    [("1.0", 200), ("-0.0", 200), ("1e2", 200), ("1.5", 422), ("1e30", 422), ('"1"', 422), ("true", 422)],
)
def test_whole_number_may_have_a_point(app: APIFlask, client: FlaskClient, number: str, status: int) -> None:
    """A schema takes 1.0 for an integer, and so does a route that is strict about integers; text it does not."""

    @app.post("/number")
    @app.input(_Number, arg_name="body")
    def view(body: _Number) -> dict[str, Any]:
        return {"value": body.value}

    answer = client.post("/number", data=f'{{"value": {number}}}', content_type="application/json")

    assert answer.status_code == status


@pytest.mark.parametrize("body", ["null", "[]", "[1]", '"text"', "1", "true"])
def test_body_that_is_no_object_does_not_fit(client: FlaskClient, body: str) -> None:
    """JSON that is no object is 422; the framework would take null for an empty one."""
    assert _post(client, body)[0] == 422


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "x"]
)
def test_body_that_does_not_say_that_it_is_json_is_refused(client: FlaskClient, media_type: str) -> None:
    """A form of another site can send what looks like JSON, but cannot say that it is: 415."""
    assert _post(client, "{}", media_type)[0] == 415


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"]
)
def test_body_that_says_that_it_is_json_is_read(client: FlaskClient, media_type: str) -> None:
    """Parameters of the media type, and types that are JSON underneath, are fine."""
    assert _post(client, "{}", media_type)[0] == 200


def test_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    """A body above the limit is 413."""
    assert _post(client, json.dumps({"value": "x" * 10_000}))[0] == 413


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("name=a&flag=true", 200),
        ("name=%C3%A4", 200),
        ("name=%F0%9F%98%80", 200),
        ("name=%zz", 200),
        ("name=a&name=b", 422),
        ("name=a&name=a", 422),
        ("flag=true&flag=true", 422),
        ("name=%FF", 422),
        ("name=%ED%A0%80", 422),
        ("%FF=1", 422),
        ("other=1", 422),
        ("flag=1", 422),
        ("flag=", 422),
    ],
)
def test_query_says_each_thing_once_and_in_utf_8(client: FlaskClient, query: str, status: int) -> None:
    """A parameter that is given twice, or in broken bytes, is refused; nobody guesses which was meant."""
    assert client.get(f"/query?{query}").status_code == status
