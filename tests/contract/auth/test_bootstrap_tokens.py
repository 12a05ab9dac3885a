"""The routes under `/api/auth/bootstrap-tokens`: an administrator lets somebody in, once."""

from typing import Any

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import auth
from backend_v2.http.outgoing import Response
from diglot.client import Client
from diglot.isolation.facade import Diglot
from tests.contract.auth.conftest import Elsewhere
from tests.contract.conftest import ManualClock, Person

URL = "/api/auth/bootstrap-tokens"
NEW = "new@example.com"
UNKNOWN = "x" * 43


def _issue(admin: Person, email: str = NEW, **more: object) -> dict[str, Any]:
    found: dict[str, Any] = admin.client.post(URL, json={"email": email, **more}).json()
    return found


def _redeem(client: Client, token: str) -> Response:
    return client.post(f"{URL}/redeem", json={"token": token})


def test_bootstrap_token_is_shown_once(admin: Person, clock: ManualClock) -> None:
    """The token comes with the answer, for a day unless said otherwise, and in no list."""
    answer = admin.client.post(URL, json={"email": "New@Example.com"})

    listed = admin.client.get(URL)
    token = answer.json().pop("token")
    clock.advance(days=1)
    assert answer.status_code == 201
    assert answer.json()["email"] == NEW
    assert answer.json()["expires_at"] == clock().isoformat().replace("+00:00", "Z")
    assert [one["id"] for one in listed.json()["tokens"]] == [answer.json()["id"]]
    assert token not in listed.text


def test_bootstrap_token_lets_a_new_user_register_the_first_passkey(
    admin: Person, stranger: Client, clock: ManualClock
) -> None:
    """Who redeems a token is signed in as a new user, registers a passkey, and logs in with it."""
    redeemed = _redeem(stranger, _issue(admin)["token"])
    newcomer = Person(stranger, "ignored@example.com")
    none_yet = stranger.get("/api/auth/passkeys").json()["passkeys"]
    registered = newcomer.register()
    stranger.post("/api/auth/logout")
    loggedin = newcomer.login(email=NEW)

    assert redeemed.status_code == 200
    assert redeemed.json()["user"]["email"] == NEW
    assert redeemed.json()["user"]["is_admin"] is False
    assert none_yet == []
    assert registered.status_code == 201
    assert loggedin.json()["user"] == redeemed.json()["user"]


def test_bootstrap_token_opens_a_session_of_the_user_who_is_there(
    admin: Person, other: Person, stranger: Client
) -> None:
    """For an email that is a user's no second user is created."""
    redeemed = _redeem(stranger, _issue(admin, other.email)["token"])

    assert redeemed.json()["user"] == other.client.get("/api/auth/session").json()["user"]


def test_bootstrap_token_for_the_longest_email_is_as_good(admin: Person, stranger: Client) -> None:
    """An email that is longer than a display name can be is no obstacle."""
    email = f"{'a' * 242}@example.com"

    redeemed = _redeem(stranger, _issue(admin, email)["token"])

    assert redeemed.json()["user"]["email"] == email
    assert redeemed.json()["user"]["display_name"] == email[:100]


def test_bootstrap_token_is_refused_alike_for_every_cause(
    admin: Person, stranger: Client, other: Person, diglot: Diglot, clock: ManualClock
) -> None:
    """Unknown, redeemed, withdrawn, a suspended user's, expired: one answer, and no session."""
    used, withdrawn, suspended, late = (_issue(admin, email) for email in (NEW, NEW, other.email, NEW))
    _redeem(stranger, used["token"])
    stranger.cookies.clear()
    admin.client.delete(f"{URL}/{withdrawn['id']}")
    with diglot.connect() as connection:
        is_other = auth.users.c.email == other.email
        connection.execute(sa.update(auth.users).where(is_other).values(suspended_at=clock()))

    answers = [_redeem(stranger, one["token"]) for one in (used, withdrawn, suspended)]
    answers.append(_redeem(stranger, UNKNOWN))
    clock.advance(days=1)
    answers.append(_redeem(stranger, late["token"]))

    assert [one.status_code for one in answers] == [401] * 5
    assert {one.json()["detail"] for one in answers} == {"the token is unknown, redeemed, withdrawn or expired"}
    assert not any("Set-Cookie" in one.headers for one in answers)


def test_bootstrap_token_is_good_to_its_last_microsecond(admin: Person, stranger: Client, clock: ManualClock) -> None:
    """A token is redeemed until just before it expires."""
    token = _issue(admin, valid_hours=1)["token"]
    clock.advance(hours=1, microseconds=-1)

    assert _redeem(stranger, token).status_code == 200


def test_bootstrap_tokens_are_slowed_down_by_address(admin: Person, stranger: Client, elsewhere: Elsewhere) -> None:
    """After twenty failures an address is refused even with a good token; from elsewhere it is good."""
    token = _issue(admin)["token"]
    failures = [_redeem(stranger, UNKNOWN).status_code for _ in range(20)]

    refused, redeemed = _redeem(stranger, token), _redeem(elsewhere("10.0.0.1"), token)

    assert failures == [401] * 20
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert redeemed.status_code == 200


def test_bootstrap_tokens_are_listed_in_pages(admin: Person, clock: ManualClock) -> None:
    """The newest comes first; the pages together are all that are outstanding."""
    ids = [_issue(admin, f"{number}@example.com")["id"] for number in range(3)]

    first = admin.client.get(URL, params={"limit": 2}).json()
    second = admin.client.get(URL, params={"limit": 2, "page_token": first["next_page_token"]}).json()

    assert [one["id"] for one in (*first["tokens"], *second["tokens"])] == ids[::-1]
    assert second["next_page_token"] is None
    assert first["tokens"][0].keys() == {"id", "email", "issued_by", "created_at", "expires_at"}


def test_bootstrap_tokens_that_are_worth_nothing_are_not_listed(
    admin: Person, stranger: Client, clock: ManualClock
) -> None:
    """Redeemed, withdrawn and expired tokens are not outstanding."""
    redeemed, withdrawn = _issue(admin), _issue(admin)
    _issue(admin, valid_hours=1)
    left = _issue(admin, valid_hours=2)
    _redeem(stranger, redeemed["token"])
    admin.client.delete(f"{URL}/{withdrawn['id']}")
    clock.advance(hours=1)

    found = admin.client.get(URL).json()["tokens"]

    assert [one["id"] for one in found] == [left["id"]]


@pytest.mark.parametrize("number", ["0", "999", str(2**63 - 1), str(2**63), "9" * 40])
def test_bootstrap_token_that_is_not_there_cannot_be_withdrawn(admin: Person, number: str) -> None:
    """Whatever the number, of what is not outstanding it is said that it is not there."""
    assert admin.client.delete(f"{URL}/{number}").status_code == 404


def test_bootstrap_token_is_withdrawn_once(admin: Person) -> None:
    """A withdrawn token is there no more."""
    number = _issue(admin)["id"]

    codes = [admin.client.delete(f"{URL}/{number}").status_code for _ in range(2)]

    assert codes == [204, 404]


@pytest.mark.parametrize(("method", "path"), [("POST", ""), ("GET", ""), ("DELETE", "/1")])
def test_bootstrap_tokens_are_for_administrators(signed_in: Person, stranger: Client, method: str, path: str) -> None:
    """A stranger and a customer neither issue, see nor withdraw tokens."""
    body = {"email": NEW} if method == "POST" else None

    codes = [one.request(method, URL + path, json=body).status_code for one in (stranger, signed_in.client)]

    assert codes == [401, 403]


@pytest.mark.parametrize(
    "wrong", [{"valid_hours": 0}, {"valid_hours": 169}, {"valid_hours": "24"}, {"valid_hours": True}, {"email": "a"}]
)
def test_bootstrap_token_of_another_form_is_refused(admin: Person, wrong: dict[str, object]) -> None:
    """A token for no time, for longer than a week, or for no address, is not issued."""
    answer = admin.client.post(URL, json={"email": NEW, **wrong})

    assert answer.status_code == 422
    assert admin.client.get(URL).json()["tokens"] == []


@pytest.mark.parametrize(("query", "status"), [({"page_token": "AAAA"}, 400), ({"limit": "0"}, 422)])
def test_bootstrap_tokens_refuse_a_question_that_makes_no_sense(
    admin: Person, query: dict[str, str], status: int
) -> None:
    """A made-up token of a page is 400, what does not fit the schema 422."""
    assert admin.client.get(URL, params=query).status_code == status


def test_bootstrap_tokens_are_stored_only_as_digests(admin: Person, diglot: Diglot) -> None:
    """Who reads the database cannot redeem what is there."""
    token = _issue(admin)["token"]

    with diglot.connect() as connection:
        (row,) = connection.execute(sa.select(auth.bootstrap_tokens)).all()

    assert len(row.token_sha256) == 32
    assert token not in " ".join(str(value) for value in row)


def test_bootstrap_tokens_write_the_audit_log(admin: Person, stranger: Client, diglot: Diglot) -> None:
    """Issued, withdrawn, redeemed, refused: each is written down with the token's number alone."""
    first, second = _issue(admin), _issue(admin)
    admin.client.delete(f"{URL}/{first['id']}")
    _redeem(stranger, second["token"])
    _redeem(stranger, first["token"])

    with diglot.connect() as connection:
        table = auth.audit_log
        rows = connection.execute(sa.select(table.c.event, table.c.detail).order_by(table.c.id)).all()

    numbers = [{"token": str(one["id"])} for one in (first, second)]
    assert [tuple(row) for row in rows[1:]] == [
        ("bootstrap_token_issued", numbers[0]),
        ("bootstrap_token_issued", numbers[1]),
        ("bootstrap_token_withdrawn", numbers[0]),
        ("bootstrap_token_redeemed", numbers[1]),
        ("login_failed", {"reason": "bootstrap token"}),
    ]


def test_bootstrap_tokens_are_listed_in_one_statement_however_many(admin: Person, diglot: Diglot) -> None:
    """The list costs as many statements for ten tokens as for one."""
    _issue(admin)
    diglot.statements.clear()
    admin.client.get(URL)
    few = len(diglot.statements)
    issued = [_issue(admin) for _ in range(9)]
    diglot.statements.clear()

    admin.client.get(URL)

    assert len(issued) == 9
    assert len(diglot.statements) == few <= 2
