"""What the auth routes take: bodies that are none, and passkeys that are none."""

import base64
import json
import random
from typing import Any

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import auth
from diglot.client import Client
from diglot.isolation.facade import Diglot
from diglot.passkey import Authenticator
from tests.contract.conftest import ORIGIN, Person

ZERO = "00000000-0000-0000-0000-000000000000"
BODIES = [
    ("POST", "register/options"), ("POST", "register"), ("POST", "login/options"), ("POST", "login"),
    ("PATCH", f"passkeys/{ZERO}"), ("POST", "backup-codes/redeem"), ("POST", "bootstrap-tokens"),
    ("POST", "bootstrap-tokens/redeem"), ("POST", "email/challenges"), ("POST", f"email/challenges/{ZERO}/verify"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize(
    ("body", "status"),
    [(b"{", 400), (b"\xff", 400), (b"[]", 422), (b'"a"', 422), (b'{"unknown": 1}', 422), (b'{"\\ud800": 1}', 400)],
    ids=["no JSON", "no UTF-8", "a list", "text", "a field too many", "half a letter"],
)
def test_body_that_does_not_fit_is_refused(admin: Person, method: str, path: str, body: bytes, status: int) -> None:
    """What is no JSON is 400, what does not fit the schema 422, both as a problem."""
    headers = {"Content-Type": "application/json"}

    answer = admin.client.request(method, f"/api/auth/{path}", content=body, headers=headers)

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("operation", BODIES, ids=" ".join)
@pytest.mark.parametrize(
    ("media_type", "size", "status"),
    [("text/plain", 2, 415), ("application/json", 300 * 1024, 413)],
    ids=["another type", "too large"],
)
def test_body_that_is_not_even_read_is_refused(
    admin: Person, operation: tuple[str, str], media_type: str, size: int, status: int
) -> None:
    """A body that is said to be something else, or is too large, is refused before it is looked at."""
    method, path = operation
    body = b"{" + b" " * (size - 2) + b"}"

    answer = admin.client.request(method, f"/api/auth/{path}", content=body, headers={"Content-Type": media_type})

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["", " a", "a ", "a\nb", "a\x00b", "a" * 101, 7, None])
def test_name_that_is_none_is_refused(signed_in: Person, name: object) -> None:
    """A passkey's name is one line that neither begins nor ends with a space; nothing is trimmed."""
    passkey = signed_in.client.get("/api/auth/passkeys").json()["passkeys"][0]["id"]

    assert signed_in.client.patch(f"/api/auth/passkeys/{passkey}", json={"name": name}).status_code == 422


@pytest.mark.parametrize("email", ["", "a", "a@", " a@b", "a@b ", "ä@b", "a@b\n", "a\x00@b", f"{'a' * 250}@b.co"])
def test_email_that_is_none_is_refused(diglot_client: Client, email: str) -> None:
    """An address is what browsers take for one; nothing is trimmed."""
    assert diglot_client.post("/api/auth/register/options", json={"email": email}).status_code == 422


def test_email_of_the_greatest_length_registers(person: Person) -> None:
    """An email that is longer than a display name can be registers all the same."""
    person.email = f"{'a' * 242}@example.com"

    registered = person.register()

    assert registered.status_code == 201
    assert registered.json()["user"]["display_name"] == person.email[:100]


DEEP: Any = {}
for _ in range(50):
    DEEP = {"response": DEEP}

STRANGE: dict[str, Any] = {
    "nothing": {"response": {}},
    "no response": {"response": {"clientDataJSON": None}},
    "numbers for text": {"id": 1, "rawId": 2, "type": 3, "response": {"clientDataJSON": 4}},
    "lists for text": {"id": [], "rawId": [], "type": {}, "response": {"clientDataJSON": [], "signature": {}}},
    "half a letter": {"rawId": "\ud800", "response": {"clientDataJSON": "\udfff"}},
    "NUL": {"rawId": "\x00", "id": "\x00", "response": {"clientDataJSON": "\x00"}},
    "a huge number": {"rawId": 10**400, "response": {"clientDataJSON": -(10**400)}},
    "deep": DEEP,
    "long": {"rawId": "A" * 100_000, "response": {"clientDataJSON": "A" * 100_000}},
}


@pytest.mark.parametrize("path", ["login", "register"])
@pytest.mark.parametrize("strange", STRANGE)
def test_credential_of_any_content_is_no_server_error(diglot_client: Client, path: str, strange: str) -> None:
    """Whatever object with a `response` is sent, the answer is 400 or 401, as the description says."""
    body = json.dumps({"credential": STRANGE[strange]})

    answer = diglot_client.post(f"/api/auth/{path}", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code in {400, 401}


@pytest.mark.parametrize("credential", [{}, {"response": []}, {"response": None}, [], "a", None], ids=str)
def test_credential_without_a_response_is_refused(diglot_client: Client, credential: object) -> None:
    """What the description does not let through is 422."""
    assert diglot_client.post("/api/auth/login", json={"credential": credential}).status_code == 422


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "told",
    [
        b"[" * 5000,
        b'{"challenge": ' + b"1" * 5000 + b"}",
        b'{"challenge": null}',
        b'{"challenge": ["a"]}',
        b"\xff",
        b"1",
    ],
    ids=["deep", "a huge number", "null", "a list", "no UTF-8", "a number"],
)
@pytest.mark.parametrize("path", ["login", "register"])
def test_client_data_of_any_content_is_no_server_error(diglot_client: Client, path: str, told: bytes) -> None:
    """Whatever the client says of itself, the answer is 400."""
    credential = {"response": {"clientDataJSON": _base64url(told)}}

    assert diglot_client.post(f"/api/auth/{path}", json={"credential": credential}).status_code == 400


@pytest.mark.parametrize(
    "damage",
    [
        {"id": None}, {"rawId": "!"}, {"type": {"a": 1}}, {"authenticatorAttachment": "moon"},
        {"response": {"attestationObject": "AAAA"}},
        {"response": {"attestationObject": "gw"}}, {"response": {"attestationObject": _base64url(b"\x9f" * 2000)}},
        {"response": {"attestationObject": _base64url(b"\xa2\x63fmt\x64none\x68authData\x18\x00")}},
        {"response": {"attestationObject": "\ud800"}},
    ],
    ids=str,
)  # fmt: skip
def test_register_with_a_damaged_answer_is_refused(person: Person, damage: dict[str, Any]) -> None:
    """Of an honest answer no part can be put into another form: it is 400, and nobody is registered."""
    options = person.client.post("/api/auth/register/options", json={"email": person.email}).json()
    answer = person.authenticator.create(options, origin=ORIGIN)
    credential = {**answer, **damage, "response": {**answer["response"], **damage.get("response", {})}}

    body = json.dumps({"credential": credential})
    refused = person.client.post("/api/auth/register", content=body, headers={"Content-Type": "application/json"})

    assert refused.status_code == 400
    assert person.client.get("/api/auth/session").status_code == 401


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (["usb", "internal"], ["usb", "internal"]), (7, []), ({"usb": 1}, []), ("usb", []), (None, []),
        (["USB", "a\x00", 7, None, ["usb"], "a" * 21, "hybrid", "moon-beam"], ["hybrid", "moon-beam"]),
        (["usb"] * 9, ["usb"] * 8),
    ],
    ids=str,
)  # fmt: skip
def test_register_keeps_the_transports_that_are_words(
    person: Person, diglot: Diglot, told: Any, kept: list[str]
) -> None:
    """What an authenticator says of its transports is no obstacle, and only words of them are kept."""
    options = person.client.post("/api/auth/register/options", json={"email": person.email}).json()
    answer = person.authenticator.create(options, origin=ORIGIN)
    answer["response"]["transports"] = told

    registered = person.client.post("/api/auth/register", json={"credential": answer})

    with diglot.connect() as connection:
        stored = connection.scalar(sa.select(auth.webauthn_credentials.c.transports))
    assert registered.status_code == 201
    assert stored == kept


NEW_ID = "diglot.passkey.authenticator.new_credential_id"


@pytest.mark.parametrize(("size", "status"), [(1023, 201), (1024, 400), (4000, 400), (20_000, 400)])
def test_register_takes_a_credential_id_of_the_standards_length(
    person: Person, monkeypatch: pytest.MonkeyPatch, size: int, status: int
) -> None:
    """An id of more than 1023 bytes is refused on both dialects: Postgres could not index one of some thousand."""
    long = random.Random(size).randbytes(size)  # noqa: S311 - the same on both dialects, and not compressible
    monkeypatch.setattr(NEW_ID, lambda: long)

    assert person.register().status_code == status


def test_register_refuses_a_passkey_that_is_there(
    signed_in: Person, other: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A credential belongs to one user: the same one for another is a conflict."""
    monkeypatch.setattr(NEW_ID, lambda: b"z" * 32)
    signed_in.authenticator, other.authenticator = Authenticator(), Authenticator()

    answers = [one.register().status_code for one in (signed_in, other)]

    assert answers == [201, 409]
