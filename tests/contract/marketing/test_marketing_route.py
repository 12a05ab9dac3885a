"""The routes under `/api/marketing`: signing up, opting out by a link, and users' own choice."""

import base64
from typing import Any

import pytest
import sqlalchemy as sa

from backend_v2.config import Config
from backend_v2.db.tables import auth, support
from backend_v2.http import pagination
from backend_v2.http.outgoing import Response
from backend_v2.marketing.repositories import erase
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person

CONTACTS, PREFERENCE = "/api/marketing/contacts", "/api/marketing/preference"
OPT_OUT, ONE_CLICK = "/api/marketing/opt-out", "/api/marketing/opt-out/one-click"


def _sign_up(person: Person, email: str = "bob@example.com", **fields: Any) -> Response:
    return person.client.post(CONTACTS, json={"email": email, "source": "landing-page", **fields})


def _contacts(admin: Person, **query: Any) -> list[dict[str, Any]]:
    contacts: list[dict[str, Any]] = admin.client.get(CONTACTS, params=query).json()["contacts"]
    return contacts


def _tokens(admin: Person) -> dict[str, str]:
    return {one["email"]: one["opt_out_token"] for one in _contacts(admin)}


def _prefer(person: Person, *, opted_out: bool) -> Response:
    return person.client.put(PREFERENCE, json={"opted_out": opted_out})


def _erase(diglot: Diglot, email: str) -> None:
    with diglot.connect() as connection:
        user_id = connection.scalar(sa.select(auth.users.c.id))
        assert user_id is not None
        erase(connection, user_id=user_id, email=email)


def _lines(diglot: Diglot) -> list[tuple[str, bool, Any]]:
    with diglot.connect() as connection:
        table = auth.audit_log
        rows = connection.execute(sa.select(table).where(table.c.event.startswith("marketing")).order_by(table.c.id))
        return [(row.event, row.user_id is not None, row.detail) for row in rows]


def test_sign_up_answers_everybody_alike(admin: Person, clock: ManualClock) -> None:
    """A new address, a known one and one that opted out get the same answer; the first stays as it was."""
    answers = [_sign_up(admin, "Bob@Example.com"), _sign_up(admin, source="other")]
    admin.client.post(OPT_OUT, json={"token": _tokens(admin)["bob@example.com"]})
    answers.append(_sign_up(admin))

    found = _contacts(admin)

    assert [one.status_code for one in answers] == [202, 202, 202]
    assert {one.content for one in answers} == {answers[0].content}
    assert answers[0].json() == {"status": "accepted"}
    at = clock().isoformat().replace("+00:00", "Z")
    assert found == [
        {
            "id": 1,
            "email": "bob@example.com",
            "source": "landing-page",
            "opted_out": True,
            "created_at": at,
            "opted_out_at": at,
            "opt_out_token": found[0]["opt_out_token"],
        }
    ]


def test_sign_up_needs_no_session(person: Person, diglot: Diglot) -> None:
    """A stranger may sign an address up."""
    answer = _sign_up(person)

    with diglot.connect() as connection:
        stored = list(connection.scalars(sa.select(support.marketing_contacts.c.email)))
    assert (answer.status_code, stored) == (202, ["bob@example.com"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "bob"},
        {"email": " bob@example.com"},
        {"email": "bob@example.com\x00"},
        {"email": "bob@exämple.com"},
        {"email": "a" * 243 + "@example.com"},
        {"email": None},
        {"source": ""},
        {"source": "Landing"},
        {"source": "a" * 41},
        {"opted_out": False},
    ],
    ids=str,
)
def test_sign_up_refuses_what_does_not_fit(person: Person, diglot: Diglot, wrong: dict[str, Any]) -> None:
    """A body that does not fit is 422, and nothing is stored."""
    answer = person.client.post(CONTACTS, json={"email": "bob@example.com", "source": "x", **wrong})

    with diglot.connect() as connection:
        stored = connection.scalar(sa.select(sa.func.count()).select_from(support.marketing_contacts))
    assert (answer.status_code, stored) == (422, 0)


@pytest.mark.parametrize("url", [CONTACTS, OPT_OUT])
def test_bodies_that_are_no_json_are_refused(person: Person, url: str) -> None:
    """A body that is no JSON is 400."""
    headers = {"Content-Type": "application/json"}

    assert person.client.post(url, content=b"{", headers=headers).status_code == 400


def test_preference_that_is_no_json_is_refused(signed_in: Person) -> None:
    """The same for a choice."""
    headers = {"Content-Type": "application/json"}

    assert signed_in.client.put(PREFERENCE, content=b"{", headers=headers).status_code == 400


def test_link_opts_out_without_signing_in_and_again(admin: Person, diglot: Diglot, clock: ManualClock) -> None:
    """Whoever has the token opts the address out, once: later clicks change nothing, and are answered alike."""
    _sign_up(admin)
    _sign_up(admin, "eve@example.com")
    token = _tokens(admin)["bob@example.com"]
    cookie = dict(admin.client.cookies)
    admin.client.cookies.clear()
    answers = [admin.client.post(OPT_OUT, json={"token": token})]
    clock.advance(hours=1)
    answers.append(admin.client.post(OPT_OUT, json={"token": token}))
    admin.client.cookies.update(cookie)

    found = {one["email"]: (one["opted_out"], one["opted_out_at"]) for one in _contacts(admin)}

    assert [(one.status_code, one.json()) for one in answers] == [(200, {"status": "opted_out"})] * 2
    assert found == {
        "bob@example.com": (True, "2024-06-03T12:00:00.123456Z"),
        "eve@example.com": (False, None),
    }
    assert _lines(diglot) == [("marketing_opted_out", False, {"contact": "1"})]


def test_mail_programs_opt_out_by_one_click(admin: Person) -> None:
    """A form whose token is in the address, as RFC 8058 has mail programs send it, does the same without a cookie."""
    _sign_up(admin)
    token = _tokens(admin)["bob@example.com"]
    headers = {"Cookie": ""}

    answer = admin.client.post(
        ONE_CLICK, params={"token": token}, data={"List-Unsubscribe": "One-Click"}, headers=headers
    )

    assert (answer.status_code, answer.json()) == (200, {"status": "opted_out"})
    assert [one["opted_out"] for one in _contacts(admin)] == [True]


def _token_as_bytes(token: str) -> bytes:
    return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))


def _bytes_as_token(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _forged(config: Config, admin: Person) -> dict[str, str]:
    token = _tokens(admin)["bob@example.com"]
    raw, page = _token_as_bytes(token), _token_as_bytes(pagination.encode([1], scope="contacts", key=config.page_key))
    return {
        "no base64": "A",
        "too short": "AAAA",
        "without a signature": _bytes_as_token(b"bob@example.com"),
        "of another address": _bytes_as_token(raw[:16] + b"rob@example.com"),
        "cut": token[:-1],
        "of a page": _bytes_as_token(page[:16] + b"contacts\0" + page[16:]),
    }


@pytest.mark.parametrize(
    "name", ["no base64", "too short", "without a signature", "of another address", "cut", "of a page"]
)
def test_made_up_token_is_refused(admin: Person, config: Config, name: str) -> None:
    """A token that was not given out is 400 by either way, and changes nothing."""
    _sign_up(admin)
    token = _forged(config, admin)[name]

    answers = [
        admin.client.post(OPT_OUT, json={"token": token}),
        admin.client.post(ONE_CLICK, params={"token": token}),
    ]

    assert [one.status_code for one in answers] == [400, 400]
    assert [one["opted_out"] for one in _contacts(admin)] == [False]


@pytest.mark.parametrize("wrong", [{}, {"token": ""}, {"token": "a b"}, {"token": "a" * 401}, {"token": "ä"}], ids=str)
def test_token_that_cannot_be_one_does_not_fit(person: Person, wrong: dict[str, Any]) -> None:
    """What has not the form of a token is 422 by either way."""
    answers = [person.client.post(OPT_OUT, json=wrong), person.client.post(ONE_CLICK, params=wrong)]

    assert [one.status_code for one in answers] == [422, 422]


def test_opt_out_of_an_address_that_went_keeps_it_out(admin: Person, diglot: Diglot) -> None:
    """A link in an old mail is good after the contact is gone, too: signing the address up has no effect then."""
    _sign_up(admin)
    token = _tokens(admin)["bob@example.com"]
    _erase(diglot, "bob@example.com")

    answer = admin.client.post(OPT_OUT, json={"token": token})
    _sign_up(admin)

    assert answer.status_code == 200
    assert _contacts(admin) == []


def test_deleted_and_opted_out_is_not_written_to_again(admin: Person, diglot: Diglot) -> None:
    """Of an address that opted out and was deleted nobody sees anything, and it cannot be signed up again."""
    _sign_up(admin)
    admin.client.post(OPT_OUT, json={"token": _tokens(admin)["bob@example.com"]})
    _erase(diglot, "bob@example.com")

    answer = _sign_up(admin)

    assert answer.status_code == 202
    assert _contacts(admin) == []


def test_user_opts_out_and_in_again(admin: Person, other: Person, diglot: Diglot, clock: ManualClock) -> None:
    """A user's own choice holds for their address alone; it is the one way back in, and each change is logged."""
    _sign_up(admin, other.email)
    _sign_up(admin)
    out = _prefer(other, opted_out=True)
    _prefer(other, opted_out=True)
    _sign_up(admin, other.email)
    between = other.client.get(PREFERENCE).json()

    back = _prefer(other, opted_out=False)

    at = clock().isoformat().replace("+00:00", "Z")
    facts = {"email": other.email}
    assert (out.status_code, back.status_code) == (200, 200)
    assert out.json() == between == {**facts, "opted_out": True, "opted_out_at": at, "receives_mail": False}
    assert back.json() == {**facts, "opted_out": False, "opted_out_at": None, "receives_mail": True}
    assert other.client.get(PREFERENCE).json() == back.json()
    assert [(one["email"], one["opted_out"]) for one in _contacts(admin)] == [
        (other.email, False),
        ("bob@example.com", False),
    ]
    assert _lines(diglot) == [
        ("marketing_opted_out", True, {"contact": "1"}),
        ("marketing_opted_in", True, {"contact": "1"}),
    ]


@pytest.mark.parametrize("opted_out", [True, False])
def test_user_who_was_never_signed_up_can_choose(signed_in: Person, *, opted_out: bool) -> None:
    """Nobody writes to a user who was not signed up; their choice is kept, whichever it is."""
    before = signed_in.client.get(PREFERENCE).json()

    after = _prefer(signed_in, opted_out=opted_out).json()
    _sign_up(signed_in, signed_in.email)

    nothing = {"email": signed_in.email, "opted_out": False, "opted_out_at": None, "receives_mail": False}
    assert before == nothing
    assert (after["opted_out"], after["receives_mail"]) == (opted_out, not opted_out)
    assert signed_in.client.get(PREFERENCE).json() == after


def test_user_of_a_deleted_address_finds_it_opted_out_and_may_come_back(admin: Person, diglot: Diglot) -> None:
    """A new account with an address that opted out and was deleted is opted out, until its user says otherwise."""
    _prefer(admin, opted_out=True)
    _erase(diglot, admin.email)
    before = admin.client.get(PREFERENCE).json()

    after = _prefer(admin, opted_out=False).json()

    assert (before["opted_out"], before["receives_mail"]) == (True, False)
    assert (after["opted_out"], after["receives_mail"]) == (False, True)
    assert [one["email"] for one in _contacts(admin)] == [admin.email]


@pytest.mark.parametrize("wrong", [{}, {"opted_out": 1}, {"opted_out": "true"}, {"opted_out": None}], ids=str)
def test_preference_refuses_what_does_not_fit(signed_in: Person, wrong: dict[str, Any]) -> None:
    """A choice is true or false, and nothing else is taken for one."""
    assert signed_in.client.put(PREFERENCE, json=wrong).status_code == 422


def test_contacts_are_listed_in_pages_by_filter(admin: Person) -> None:
    """The pages together are the whole, and a token is good for its own filter alone."""
    signed_up = [_sign_up(admin, f"{name}@example.com").status_code for name in "cba"]
    admin.client.post(OPT_OUT, json={"token": _tokens(admin)["b@example.com"]})

    first = admin.client.get(CONTACTS, params={"limit": 2}).json()
    token = first["next_page_token"]
    second = admin.client.get(CONTACTS, params={"page_token": token}).json()
    elsewhere = admin.client.get(CONTACTS, params={"opted_out": "true", "page_token": token})

    assert signed_up == [202] * 3
    assert [one["email"][0] for one in first["contacts"] + second["contacts"]] == ["c", "b", "a"]
    assert second["next_page_token"] is None
    assert elsewhere.status_code == 400
    assert [one["email"][0] for one in _contacts(admin, opted_out="true")] == ["b"]
    assert [one["email"][0] for one in _contacts(admin, opted_out="false")] == ["c", "a"]


@pytest.mark.parametrize(
    ("query", "status"),
    [({"page_token": "AAAA"}, 400), ({"limit": "501"}, 422), ({"opted_out": "1"}, 422), ({"unknown": "1"}, 422)],
    ids=str,
)
def test_contacts_refuse_a_question_that_makes_no_sense(admin: Person, query: dict[str, str], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert admin.client.get(CONTACTS, params=query).status_code == status


def test_marketing_is_closed_to_those_it_is_not_for(signed_in: Person) -> None:
    """Contacts are for administrators, a choice is for who is signed in."""
    listing = signed_in.client.get(CONTACTS)
    signed_in.client.cookies.clear()
    answers = [
        listing,
        signed_in.client.get(CONTACTS),
        signed_in.client.get(PREFERENCE),
        _prefer(signed_in, opted_out=True),
    ]

    assert [one.status_code for one in answers] == [403, 401, 401, 401]


@pytest.mark.parametrize("count", [1, 20])
def test_contacts_cost_the_same_for_any_number(admin: Person, diglot: Diglot, count: int) -> None:
    """A page costs the session's statement and one more; signing up costs three."""
    signed_up = [_sign_up(admin, f"{number}@example.com").status_code for number in range(count)]
    diglot.statements.clear()

    found = _contacts(admin)
    listing = len(diglot.statements)
    _sign_up(admin, "new@example.com")

    assert signed_up == [202] * count
    assert (len(found), listing, len(diglot.statements) - listing) == (count, 2, 3)
