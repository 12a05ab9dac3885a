"""The routes under `/api/admin/customers`: who is listed, and how."""

from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import pytest
import sqlalchemy as sa

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.db.tables import auth
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH, ManualClock, Person

URL = "/api/admin/customers"


def _add(diglot: Diglot, *emails: str, minutes: int = 1, **facts: Any) -> list[UUID]:
    """Add users who registered one after the other, `minutes` apart, from a minute after the epoch on."""
    users = [
        User(
            id=uuid5(NAMESPACE_URL, email),
            user_handle=email.encode(),
            email=email,
            display_name=email,
            is_admin=False,
            suspended_at=facts.get("suspended_at"),
            created_at=EPOCH + timedelta(minutes=1 + minutes * number),
        )
        for number, email in enumerate(emails)
    ]
    with diglot.connect() as connection:
        added = [UserRepository(connection).add(one) for one in users]
    assert all(added)
    return [one.id for one in users]


def _emails(person: Person, **query: Any) -> list[str]:
    return [one["email"] for one in person.client.get(URL, params=query).json()["customers"]]


def test_list_shows_customers_and_administrators(admin: Person, customer: Person, clock: ManualClock) -> None:
    """Whoever registered is listed, with what an administrator needs, and without what only authenticators need."""
    answer = admin.client.get(URL)

    assert answer.status_code == 200
    ada, eve = sorted(answer.json()["customers"], key=lambda one: one["email"])
    assert eve == {
        "id": eve["id"],
        "email": customer.email,
        "display_name": customer.email,
        "is_admin": False,
        "suspended_at": None,
        "created_at": clock().isoformat().replace("+00:00", "Z"),
    }
    assert (ada["email"], ada["is_admin"]) == (admin.email, True)


def test_list_pages_from_the_newest_on(admin: Person, diglot: Diglot) -> None:
    """The pages together are the whole, the newest first, of one instant by id; nobody comes twice."""
    same = _add(diglot, "d@x.example", "e@x.example", "f@x.example", minutes=0)
    _add(diglot, "x@x.example", "a@x.example", "b@x.example", minutes=2)
    whole = [one["id"] for one in admin.client.get(URL).json()["customers"]]

    first = admin.client.get(URL, params={"limit": 4}).json()
    second = admin.client.get(URL, params={"limit": 4, "page_token": first["next_page_token"]}).json()

    assert [one["email"] for one in first["customers"][:2]] == ["b@x.example", "a@x.example"]
    assert [one["id"] for one in first["customers"] + second["customers"]] == whole
    assert [one for one in whole if UUID(one) in same] == sorted((str(one) for one in same), reverse=True)
    assert (len(whole), second["next_page_token"]) == (7, None)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("X.EXAMPLE", ["d_e@x.example", "dxe@x.example", "a%b@x.example"]),
        ("d_e", ["d_e@x.example"]),
        ("%", ["a%b@x.example"]),
        ("a%b@x.example", ["a%b@x.example"]),
        ("/", []),
        ("@x.example.", []),
    ],
)
def test_list_finds_a_part_of_an_email_literally(admin: Person, diglot: Diglot, query: str, found: list[str]) -> None:
    """Any case finds; what is a pattern in SQL is a character here."""
    _add(diglot, "a%b@x.example", "dxe@x.example", "d_e@x.example")

    assert _emails(admin, query=query) == found


@pytest.mark.parametrize(
    ("suspended", "found"), [("true", ["bad@x.example"]), ("false", ["good@x.example", "ada@example.com"])]
)
def test_list_tells_suspended_customers_from_others(
    admin: Person, diglot: Diglot, suspended: str, found: list[str]
) -> None:
    """Asked for suspended customers the list holds them alone, asked for the others all but them."""
    _add(diglot, "good@x.example")
    _add(diglot, "bad@x.example", suspended_at=EPOCH)

    assert _emails(admin, suspended=suspended) == found


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page_token": "AAAA"}, 400),
        ({"page_token": ""}, 422),
        ({"limit": "0"}, 422),
        ({"limit": "501"}, 422),
        ({"limit": "1.5"}, 422),
        ({"suspended": "1"}, 422),
        ({"suspended": ""}, 422),
        ({"query": ""}, 422),
        ({"query": "ä"}, 422),
        ({"query": "a b"}, 422),
        ({"query": "a\x00"}, 422),
        ({"query": "a" * 255}, 422),
        ({"unknown": "1"}, 422),
    ],
    ids=str,
)
def test_list_refuses_a_question_that_makes_no_sense(admin: Person, query: dict[str, str], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert admin.client.get(URL, params=query).status_code == status


def test_token_of_one_question_is_refused_for_another(admin: Person, diglot: Diglot) -> None:
    """A page token goes on with the question that it came from, and with no other."""
    _add(diglot, "a@x.example", "b@x.example")
    token = admin.client.get(URL, params={"query": "x.example", "limit": 1}).json()["next_page_token"]

    answers = [
        admin.client.get(URL, params={"query": query, "page_token": token}) for query in ("x.example", "x.exampl")
    ]

    assert [one.status_code for one in answers] == [200, 400]


def test_customer_has_counts_of_what_is_theirs(admin: Person, customer: Person, clock: ManualClock) -> None:
    """The counts are the customer's own: passkeys, and sessions that are neither revoked nor expired."""
    customer.client.cookies.clear()
    customer.login()
    customer.client.post("/api/auth/logout")
    clock.advance(hours=11)
    customer.login()
    admin.client.get("/api/auth/session")
    clock.advance(hours=2)
    eve = next(one["id"] for one in admin.client.get(URL).json()["customers"] if one["email"] == customer.email)

    answer = admin.client.get(f"{URL}/{eve}")

    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("email", "passkeys", "live_sessions", "accounts")} == {
        "email": customer.email,
        "passkeys": 1,
        "live_sessions": 1,
        "accounts": 0,
    }
    assert answer.json()["open_tickets"] == 0


def test_events_are_paged_from_the_newest_on(admin: Person, customer: Person) -> None:
    """What is logged of a customer comes newest first, page by page, and nothing of anybody else."""
    customer.client.post("/api/auth/logout")
    customer.login()
    eve = next(one["id"] for one in admin.client.get(URL).json()["customers"] if one["email"] == customer.email)

    first = admin.client.get(f"{URL}/{eve}/events", params={"limit": 2}).json()
    second = admin.client.get(f"{URL}/{eve}/events", params={"page_token": first["next_page_token"]}).json()

    events = first["events"] + second["events"]
    assert [one["event"] for one in events] == ["login", "session_revoked", "user_registered"]
    assert [one["id"] for one in events] == sorted((one["id"] for one in events), reverse=True)
    assert (len(first["events"]), second["next_page_token"]) == (2, None)
    assert set(events[0]) == {"id", "occurred_at", "event", "actor", "ip_address", "request_id", "detail"}


def test_token_of_one_customers_events_is_refused_for_anothers(
    admin: Person, customer: Person, diglot: Diglot
) -> None:
    """A page token goes on with the customer that it came from."""
    ids = {one["email"]: one["id"] for one in admin.client.get(URL).json()["customers"]}
    customer.client.post("/api/auth/logout")
    token = admin.client.get(f"{URL}/{ids[customer.email]}/events", params={"limit": 1}).json()["next_page_token"]

    answer = admin.client.get(f"{URL}/{ids[admin.email]}/events", params={"page_token": token})

    assert token is not None
    assert answer.status_code == 400


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "501"}, {"unknown": "1"}], ids=str)
def test_events_refuse_a_question_that_makes_no_sense(admin: Person, query: dict[str, str]) -> None:
    """What does not fit the schema is 422."""
    assert admin.client.get(f"{URL}/{uuid4()}/events", params=query).status_code == 422


@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("GET", "/events"), ("POST", "/suspend"), ("POST", "/reinstate")]
)
def test_nobody_is_not_found(admin: Person, method: str, path: str) -> None:
    """A customer whom there is not is 404 on every route."""
    answer = admin.client.request(
        method, f"{URL}/{uuid4()}{path}", json={"reason": "x"} if path == "/suspend" else None
    )

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("GET", "/{id}"),
        ("GET", "/{id}/events"),
        ("POST", "/{id}/suspend"),
        ("POST", "/{id}/reinstate"),
    ],
)
def test_routes_are_closed_to_customers_and_strangers(
    signed_in: Person, diglot: Diglot, method: str, path: str
) -> None:
    """A customer gets 403 on every route, also about themselves, a stranger 401, and nobody is suspended."""
    me = signed_in.client.get("/api/auth/session").json()["user"]["id"]
    body = {"reason": "x"} if path.endswith("suspend") else None
    url = URL + path.format(id=me)

    customer = signed_in.client.request(method, url, json=body)
    signed_in.client.cookies.clear()
    stranger = signed_in.client.request(method, url, json=body)

    assert (customer.status_code, stranger.status_code) == (403, 401)
    with diglot.connect() as connection:
        assert connection.scalars(sa.select(auth.users.c.suspended_at)).all() == [None]


def test_statements_do_not_grow_with_the_customers(admin: Person, diglot: Diglot) -> None:
    """The list, a customer and their events take as many statements for many rows as for few."""
    (someone,) = _add(diglot, "one@x.example")

    def asked() -> list[int]:
        counts = []
        for path in ("", f"/{someone}", f"/{someone}/events"):
            diglot.statements.clear()
            admin.client.get(URL + path, params={} if path.endswith(str(someone)) else {"limit": 500})
            counts.append(len(diglot.statements))
        return counts

    few = asked()
    _add(diglot, *(f"{number}@x.example" for number in range(40)))
    with diglot.connect() as connection:
        lines = [{"occurred_at": EPOCH, "event": "login", "user_id": someone} for _ in range(40)]
        connection.execute(sa.insert(auth.audit_log), lines)

    assert asked() == few == [2, 2, 3]
