"""The routes under `/api/billing/snapshots`."""

import pytest

from backend_v2.http.outgoing import Response
from tests.contract.conftest import ManualClock, Person

URL = "/api/billing/snapshots"
MAY: dict[str, object] = {
    "vendor": "heroku",
    "period_start": "2024-05-01",
    "period_end": "2024-05-31",
    "amount_minor": 1,
    "currency": "USD",
}


def _post(person: Person, **fields: object) -> Response:
    return person.client.post(URL, json={**MAY, **fields})


def test_route_records_what_was_charged_as_of_now(admin: Person, clock: ManualClock) -> None:
    """What was recorded comes back, with the names in one spelling and the instant of the recording."""
    answer = _post(admin, vendor="Heroku", currency="usd", source="api", raw_sha256="AB" * 32)

    assert answer.status_code == 201
    assert answer.json() == {
        **MAY,
        "id": 1,
        "source": "api",
        "raw_sha256": "ab" * 32,
        "fetched_at": clock().isoformat().replace("+00:00", "Z"),
    }
    assert admin.client.get(URL).json() == {"snapshots": [answer.json()], "next_page_token": None}


def test_route_lists_in_pages(admin: Person) -> None:
    """The newest period comes first, and the pages together are the whole."""
    _post(admin, period_start="2024-02-01", amount_minor=200)
    _post(admin, period_start="2024-03-01", amount_minor=300)
    _post(admin, period_start="2024-01-01", amount_minor=100)

    first = admin.client.get(URL, params={"limit": 2}).json()
    second = admin.client.get(URL, params={"limit": 2, "page_token": first["next_page_token"]}).json()

    assert [one["amount_minor"] for one in first["snapshots"]] == [300, 200]
    assert [one["amount_minor"] for one in second["snapshots"]] == [100]
    assert second["next_page_token"] is None


def test_route_lists_one_vendor(admin: Person) -> None:
    """Asked for one vendor, in any spelling, the list holds that one alone."""
    _post(admin)
    _post(admin, vendor="postmark")

    found = admin.client.get(URL, params={"vendor": "Postmark"}).json()["snapshots"]

    assert [one["vendor"] for one in found] == ["postmark"]


def test_route_refuses_a_month_that_is_there(admin: Person) -> None:
    """A second snapshot of a vendor's month is a conflict, and the first one stays."""
    _post(admin)

    answer = _post(admin, amount_minor=2)

    assert answer.status_code == 409
    assert [one["amount_minor"] for one in admin.client.get(URL).json()["snapshots"]] == [1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "EURO"},
        {"amount_minor": 2**63},
        {"amount_minor": 1.5},
        {"amount_minor": "1"},
        {"amount_minor": True},
        {"period_end": "2024-04-30"},
        {"period_start": 0},
        {"period_start": "2024-02-30"},
        {"vendor": ""},
        {"vendor": "her\x00oku"},
        {"source": "rumour"},
        {"raw_sha256": "ab"},
        {"extra": 1},
    ],
    ids=str,
)
def test_route_refuses_what_does_not_fit(admin: Person, wrong: dict[str, object]) -> None:
    """A body that does not fit is 422, with the field, and nothing is stored."""
    answer = _post(admin, **wrong)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"]["json"]
    assert admin.client.get(URL).json()["snapshots"] == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page_token": "AAAA"}, 400),
        ({"limit": "0"}, 422),
        ({"limit": "501"}, 422),
        ({"vendor": "a b"}, 422),
        ({"unknown": "1"}, 422),
    ],
    ids=str,
)
def test_route_refuses_a_question_that_makes_no_sense(signed_in: Person, query: dict[str, str], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert signed_in.client.get(URL, params=query).status_code == status


def test_token_of_one_vendor_is_refused_for_another(admin: Person) -> None:
    """A page token goes on with the list that gave it out, and with no other."""
    _post(admin)
    _post(admin, period_start="2024-04-01")
    token = admin.client.get(URL, params={"vendor": "heroku", "limit": 1}).json()["next_page_token"]

    answer = admin.client.get(URL, params={"vendor": "postmark", "page_token": token})

    assert answer.status_code == 400


def test_route_is_closed_to_strangers_and_writing_to_customers(signed_in: Person) -> None:
    """Who is not signed in reads and writes nothing; who is no administrator writes nothing."""
    writing = _post(signed_in)
    signed_in.client.cookies.clear()
    answers = [writing, _post(signed_in), signed_in.client.get(URL)]

    assert [one.status_code for one in answers] == [403, 401, 401]


def test_route_refuses_what_is_no_json(admin: Person) -> None:
    """A body that is no JSON is 400, and nothing is stored."""
    answer = admin.client.post(URL, content=b"{", headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert admin.client.get(URL).json()["snapshots"] == []
