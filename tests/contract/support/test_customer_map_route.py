"""The routes under `/api/support/customer-map`: whose an address is, by an administrator's word."""

from typing import Any
from uuid import uuid4

import pytest

from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person
from tests.contract.support.conftest import MAP


def _id(person: Person) -> str:
    user_id: str = person.client.get("/api/auth/session").json()["user"]["id"]
    return user_id


def _put(admin: Person, email: str, user_id: str) -> Any:
    return admin.client.put(f"{MAP}/{email}", json={"user_id": user_id})


def test_address_is_mapped_and_moved(admin: Person, customer: Person, clock: ManualClock) -> None:
    """A new address is 201, one that is there 200: it moves to the user, and keeps the instant of its coming."""
    mapped_at = clock().isoformat().replace("+00:00", "Z")
    created = _put(admin, "Eve@Work.example", _id(customer))
    clock.advance(hours=1)

    moved = _put(admin, "eve@work.example", _id(admin))

    assert (created.status_code, created.json()) == (
        201,
        {"email": "eve@work.example", "user_id": _id(customer), "created_at": mapped_at},
    )
    assert (moved.status_code, moved.json()) == (200, {**created.json(), "user_id": _id(admin)})
    assert admin.client.get(MAP).json() == {"customers": [moved.json()], "next_page_token": None}


@pytest.mark.parametrize("email", ["a/b@x.example", "a%2Fb@x.example", "a+b@x.example", "a%3Fb@x.example"])
def test_address_may_have_any_character_that_addresses_have(admin: Person, email: str) -> None:
    """A slash, a plus sign or a question mark is part of the address, however the path writes it."""
    answer = _put(admin, email, _id(admin))

    plain = email.replace("%2F", "/").replace("%3F", "?")
    assert (answer.status_code, answer.json()["email"]) == (201, plain)
    assert admin.client.delete(f"{MAP}/{email}").status_code == 204


def test_map_is_logged(admin: Person, customer: Person) -> None:
    """Mapping and unmapping are in the customer's log, with who did it, and without the address."""
    _put(admin, "eve@work.example", _id(customer))
    admin.client.delete(f"{MAP}/eve@work.example")

    events = customer.client.get("/api/auth/events").json()["events"]

    assert [one["event"] for one in events[:2]] == ["address_unmapped", "address_mapped"]
    assert "work.example" not in str(events)


def test_map_comes_in_pages_in_order_of_the_addresses(admin: Person) -> None:
    """The pages together are the whole, ordered by bytes."""
    emails = ["b@x.example", "a_b@x.example", "ab@x.example", "a.b@x.example", "a-b@x.example"]
    answers = [_put(admin, email, _id(admin)).status_code for email in emails]

    first = admin.client.get(MAP, params={"limit": 3}).json()
    second = admin.client.get(MAP, params={"limit": 3, "page_token": first["next_page_token"]}).json()

    assert answers == [201] * 5
    assert [one["email"] for one in (*first["customers"], *second["customers"])] == sorted(emails)
    assert second["next_page_token"] is None


def test_delete_takes_an_address_out_once(admin: Person) -> None:
    """An address that was taken out is no longer there to be taken out."""
    _put(admin, "eve@work.example", _id(admin))

    answers = [admin.client.delete(f"{MAP}/EVE@work.example") for _ in range(2)]

    assert [one.status_code for one in answers] == [204, 404]
    assert admin.client.get(MAP).json()["customers"] == []


@pytest.mark.parametrize(
    "email", ["nobody", "a b@x.example", "a@x.example/b", "ü@x.example", f"{'a' * 250}@x.example"]
)
def test_what_is_no_address_is_not_found(admin: Person, email: str) -> None:
    """A path that no address can have is not found."""
    answers = [_put(admin, email, _id(admin)), admin.client.delete(f"{MAP}/{email}")]

    assert [one.status_code for one in answers] == [404, 404]


def test_address_of_nobody_is_refused(admin: Person) -> None:
    """An address can be given to a user that there is, and to nobody else."""
    answer = _put(admin, "eve@work.example", str(uuid4()))

    assert answer.status_code == 404
    assert admin.client.get(MAP).json()["customers"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [("{}", 422), ('{"user_id": "x"}', 422), ('{"user_id": 1}', 422), ('{"user_id": null}', 422), ("{", 400)],
)
def test_mapping_that_does_not_fit_is_refused(admin: Person, body: str, status: int) -> None:
    """What does not fit is 422, what is no JSON 400."""
    headers = {"Content-Type": "application/json"}

    answer = admin.client.put(f"{MAP}/eve@work.example", content=body, headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("query", "status"), [({"page_token": "AAAA"}, 400), ({"limit": "501"}, 422), ({"email": "x"}, 422)], ids=str
)
def test_question_for_the_map_that_makes_no_sense_is_refused(
    admin: Person, query: dict[str, str], status: int
) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert admin.client.get(MAP, params=query).status_code == status


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("PUT", "/a@x.example"), ("DELETE", "/a@x.example")])
def test_map_is_for_administrators(signed_in: Person, method: str, path: str) -> None:
    """Customers are told that it is not for them, strangers that they have to sign in."""
    body = {"user_id": str(uuid4())} if method == "PUT" else None
    customer = signed_in.client.request(method, f"{MAP}{path}", json=body)
    signed_in.client.cookies.clear()
    stranger = signed_in.client.request(method, f"{MAP}{path}", json=body)

    assert [customer.status_code, stranger.status_code] == [403, 401]


def test_map_is_read_in_one_statement_however_many(admin: Person, diglot: Diglot) -> None:
    """The list costs as many statements for nine addresses as for one."""
    _put(admin, "a@x.example", _id(admin))
    diglot.statements.clear()
    admin.client.get(MAP)
    few = len(diglot.statements)
    more = [_put(admin, f"{number}@x.example", _id(admin)).status_code for number in range(8)]
    diglot.statements.clear()

    admin.client.get(MAP)

    assert more == [201] * 8
    assert len(diglot.statements) == few <= 3


@pytest.mark.parametrize(("kind", "size", "status"), [("application/json", 300_000, 413), ("text/plain", 1, 415)])
def test_mapping_that_is_too_large_or_of_another_kind_is_refused(
    admin: Person, kind: str, size: int, status: int
) -> None:
    """A body above the limit is 413, one that does not say that it is JSON 415."""
    headers = {"Content-Type": kind}

    answer = admin.client.put(f"{MAP}/eve@work.example", content=b"x" * size, headers=headers)

    assert answer.status_code == status
