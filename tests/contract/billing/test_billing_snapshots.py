"""Vendors' billing snapshots: what is inserted reads back exactly, and is listed page by page."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from backend_v2.billing.records import Snapshot
from backend_v2.billing.repositories import BillingSnapshotRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import Person

MAY = Snapshot(
    vendor="heroku",
    period_start=date(2024, 5, 1),
    period_end=date(2024, 5, 31),
    amount_minor=9_007_199_254_740_993,
    currency="USD",
    source="api",
    raw_sha256="ab" * 32,
    fetched_at=datetime(2024, 6, 1, 0, 0, 0, 1, tzinfo=UTC),
)


def test_add_reads_back_exactly(diglot: Diglot) -> None:
    """Every field comes back as it went in: the cent, the microsecond, the zone."""
    with diglot.connect() as connection:
        stored = BillingSnapshotRepository(connection).add(MAY)

    with diglot.connect() as connection:
        (read,) = BillingSnapshotRepository(connection).page(vendor="heroku", limit=10)

    assert read == stored == replace(MAY, id=1)
    assert read.fetched_at.tzinfo is UTC


def test_add_of_a_taken_month_changes_nothing_and_keeps_the_transaction(diglot: Diglot) -> None:
    """A second snapshot of the month is not stored, and the transaction stays usable."""
    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        repository.add(MAY)
        second = repository.add(replace(MAY, amount_minor=1))
        repository.add(replace(MAY, vendor="postmark"))

    with diglot.connect() as connection:
        found = BillingSnapshotRepository(connection).page(vendor=None, limit=10)

    assert second is None
    assert sorted((one.vendor, one.amount_minor) for one in found) == [
        ("heroku", MAY.amount_minor),
        ("postmark", MAY.amount_minor),
    ]


def test_page_is_ordered_by_period_and_resumes_after_a_row(diglot: Diglot) -> None:
    """The newest period comes first, and a page goes on where the one before ended."""
    months = [replace(MAY, period_start=date(2024, month, 1), period_end=date(2024, month, 28)) for month in (2, 4, 3)]
    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        for one in months:
            repository.add(one)

    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        first = repository.page(vendor=None, limit=2)
        rest = repository.page(vendor=None, limit=2, before=(first[-1].period_start, first[-1].id or 0))

    assert [one.period_start.month for one in (*first, *rest)] == [4, 3, 2]


def test_route_records_and_lists(admin: Person) -> None:
    """An administrator records snapshots, and a signed-in user reads them in pages."""
    for month in (1, 2, 3):
        body = {
            "vendor": "Heroku",
            "period_start": f"2024-0{month}-01",
            "period_end": f"2024-0{month}-28",
            "amount_minor": 100 * month,
            "currency": "usd",
        }
        assert admin.client.post("/api/billing/snapshots", json=body).status_code == 201

    first = admin.client.get("/api/billing/snapshots", params={"limit": 2}).json()
    token = first["next_page_token"]
    second = admin.client.get("/api/billing/snapshots", params={"limit": 2, "page_token": token}).json()

    assert [one["amount_minor"] for one in first["snapshots"]] == [300, 200]
    assert [one["amount_minor"] for one in second["snapshots"]] == [100]
    assert second["next_page_token"] is None
    assert first["snapshots"][0]["vendor"] == "heroku"


def test_route_refuses_a_month_that_is_there(admin: Person) -> None:
    """A second snapshot of a vendor's month is a conflict."""
    body = {
        "vendor": "heroku",
        "period_start": "2024-05-01",
        "period_end": "2024-05-31",
        "amount_minor": 1,
        "currency": "USD",
    }

    codes = [admin.client.post("/api/billing/snapshots", json=body).status_code for _ in range(2)]

    assert codes == [201, 409]


@pytest.mark.parametrize(
    "wrong",
    [{"currency": "EURO"}, {"amount_minor": 2**63}, {"amount_minor": 1.5}, {"period_end": "2024-04-30"}, {"extra": 1}],
    ids=str,
)
def test_route_refuses_what_does_not_fit(admin: Person, wrong: dict[str, object]) -> None:
    """A body that does not fit is 422, with the field, and nothing is stored."""
    body = {
        "vendor": "heroku",
        "period_start": "2024-05-01",
        "period_end": "2024-05-31",
        "amount_minor": 1,
        "currency": "USD",
    }

    answer = admin.client.post("/api/billing/snapshots", json={**body, **wrong})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert admin.client.get("/api/billing/snapshots").json()["snapshots"] == []


def test_route_is_closed_to_strangers_and_writing_to_customers(signed_in: Person) -> None:
    """Who is not signed in reads nothing; who is no administrator writes nothing."""
    writing = signed_in.client.post(
        "/api/billing/snapshots",
        json={
            "vendor": "heroku",
            "period_start": "2024-05-01",
            "period_end": "2024-05-31",
            "amount_minor": 1,
            "currency": "USD",
        },
    )
    signed_in.client.cookies.clear()
    reading = signed_in.client.get("/api/billing/snapshots")

    assert (writing.status_code, reading.status_code) == (403, 401)


def test_route_refuses_a_forged_page_token(signed_in: Person) -> None:
    """A token that this list did not give out is refused."""
    answer = signed_in.client.get("/api/billing/snapshots", params={"page_token": "AAAA"})

    assert answer.status_code == 400
