"""Who may call a webhook, how much they may send, and how they write an instant."""

import hashlib
import hmac
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from apiflask import APIFlask
from flask import request
from flask.testing import FlaskClient
from pydantic import BaseModel, TypeAdapter, ValidationError

from backend_v2.http.security import demand_of
from backend_v2.http.webhooks import BASIC, SIGNATURE, Instant, basic_auth, body_up_to, signed_body

SECRET = "a secret of tests"
INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


class Body(BaseModel):
    """A body."""

    a: int


@pytest.fixture
def client(app: APIFlask) -> FlaskClient:
    """A client of two webhooks, which answer with what they were sent; bodies of more than 20 bytes are too large."""
    app.config["MAX_CONTENT_LENGTH"] = 20

    @app.post("/basic")
    @basic_auth("postmark", SECRET)
    @body_up_to(40)
    @app.input(Body, arg_name="body")
    def basic(body: Body) -> dict[str, int]:
        return {"a": body.a}

    @app.post("/signed")
    @signed_body(SECRET)
    @app.input(Body, arg_name="body")
    def signed(body: Body) -> dict[str, int]:
        return {"a": body.a, "bytes": len(request.get_data())}

    return app.test_client()


def _basic(text: bytes) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(text).decode()}"}


def _signature(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Signature-SHA256": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def test_basic_auth_lets_the_user_with_the_password_through(client: FlaskClient) -> None:
    """Who knows both gets an answer."""
    answer = client.post("/basic", data=b'{"a": 1}', headers=_basic(f"postmark:{SECRET}".encode()))

    assert (answer.status_code, answer.get_json()) == (200, {"a": 1})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        _basic(b"postmark:wrong"),
        _basic(f"other:{SECRET}".encode()),
        _basic(f"postmark:{SECRET} ".encode()),
        _basic(f"postmark:{SECRET[:-1]}".encode()),
        _basic(b"postmark"),
        _basic(b":"),
        _basic(b"\xff\xfe:\xff"),
        _basic("postmark:pässword".encode()),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic"},
        {"Authorization": f"Bearer {SECRET}"},
        {"Authorization": f'Digest username="postmark", password="{SECRET}"'},
    ],
    ids=str,
)
@pytest.mark.parametrize("body", [b'{"a": 1}', b"{", b"x" * 1000], ids=["whole", "torn", "too large"])
def test_basic_auth_stops_everybody_else_before_the_body(
    client: FlaskClient, headers: dict[str, str], body: bytes
) -> None:
    """Whatever else is shown is 401, whatever the body is."""
    assert client.post("/basic", data=body, headers=headers).status_code == 401


def test_digest_with_the_right_words_is_no_basic_authentication(client: FlaskClient) -> None:
    """Another scheme that names the user, and the secret as a parameter, is refused."""
    headers = {"Authorization": f'Custom username="postmark", password="{SECRET}"'}

    assert client.post("/basic", data=b'{"a": 1}', headers=headers).status_code == 401


def test_signed_body_lets_its_signer_through(client: FlaskClient) -> None:
    """A body that was signed is parsed, and can still be read as it came."""
    body = b'{ "a": 1 }'

    answer = client.post("/signed", data=body, headers=_signature(body))

    assert (answer.status_code, answer.get_json()) == (200, {"a": 1, "bytes": len(body)})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Signature-SHA256": ""},
        {"X-Signature-SHA256": "0" * 64},
        {"X-Signature-SHA256": "ü"},
        _signature(b'{"a": 1}', "wrong"),
        _signature(b'{"a": 1} '),
        _signature(b""),
    ],
    ids=str,
)
@pytest.mark.parametrize("body", [b'{"a": 1}', b"{"], ids=["whole", "torn"])
def test_signed_body_stops_everybody_else(client: FlaskClient, headers: dict[str, str], body: bytes) -> None:
    """Whatever else is shown is 401, whatever the body is."""
    assert client.post("/signed", data=body, headers=headers).status_code == 401


@pytest.mark.parametrize(("size", "status"), [(40, 200), (41, 413)])
def test_body_up_to_raises_the_limit_of_one_route(client: FlaskClient, size: int, status: int) -> None:
    """The route takes as many bytes as it says, and not one more."""
    body = b'{"a": 1}'.ljust(size)

    answer = client.post("/basic", data=body, headers=_basic(f"postmark:{SECRET}".encode()))

    assert answer.status_code == status


def test_limit_of_other_routes_stays(client: FlaskClient) -> None:
    """A body that is too large for the application is not even read to be signed."""
    body = b'{"a": 1}'.ljust(21)

    assert client.post("/signed", data=body, headers=_signature(body)).status_code == 413


@pytest.mark.parametrize("guard", [basic_auth("postmark", ""), basic_auth("", ""), signed_body("")])
@pytest.mark.parametrize("headers", [{}, _basic(b"postmark:"), _basic(b":"), _signature(b"", "")], ids=str)
def test_guard_without_a_secret_lets_nobody_through(app: APIFlask, guard: Any, headers: dict[str, str]) -> None:
    """An empty secret is none: 503 to everybody, to who shows an empty one too."""
    app.post("/closed")(guard(lambda: ("", 204)))

    assert app.test_client().post("/closed", headers=headers).status_code == 503


@pytest.mark.parametrize(("guard", "scheme"), [(basic_auth("a", "b"), BASIC), (signed_body("a"), SIGNATURE)])
def test_guard_notes_what_it_demands(guard: Any, scheme: str) -> None:
    """The view that is registered says what it demands, so that the description can."""
    demand = demand_of(guard(lambda: ""))

    assert demand is not None
    assert (demand.scheme, demand.for_admins) == (scheme, False)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2014-08-01T13:28:10.2735393-04:00", datetime(2014, 8, 1, 17, 28, 10, 273539, UTC)),
        ("2024-02-29t00:00:00z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("0002-01-01T00:00:00+23:59", datetime(1, 12, 31, 0, 1, tzinfo=UTC)),
        ("9998-12-31T23:59:59.999999-23:59", datetime(9999, 1, 1, 23, 58, 59, 999999, UTC)),
        ("2024-01-01T00:00:00." + "9" * 30 + "Z", datetime(2024, 1, 1, 0, 0, 0, 999999, UTC)),
        ("2024-01-01T00:00:00-00:00", datetime(2024, 1, 1, tzinfo=UTC)),
    ],
)
def test_instant_is_read_in_utc(text: str, instant: datetime) -> None:
    """An instant is in UTC, and cut off below the microsecond."""
    found = INSTANT.validate_python(text)

    assert found == instant
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        1717416000,
        1717416000.5,
        "1717416000",
        "2024-01-01",
        "2024-01-01T00:00:00",
        "2024-01-01 00:00:00Z",
        "2024-01-01T00:00Z",
        "2024-01-01T00:00:60Z",
        "2024-01-01T24:00:00Z",
        "2024-01-01T00:00:00+24:00",
        "2024-01-01T00:00:00+0100",
        "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-01-01T00:00:00Z",
        "2024-01-01T00:00:00Z\n",
        "٢٠٢٤-01-01T00:00:00Z",
        None,
        True,
    ],
    ids=ascii,
)
def test_instant_that_could_mean_something_else_is_refused(value: object) -> None:
    """A number, a day, a time without a zone, or a date that there is not, is no instant."""
    with pytest.raises(ValidationError):
        INSTANT.validate_python(value)
