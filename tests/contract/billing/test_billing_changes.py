"""What vendors charge against the period before: in the repository, in numbers, and under `/api/billing/changes`."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backend_v2.billing.records import Change, Charge
from backend_v2.billing.repositories import BillingSnapshotRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import Person

URL = "/api/billing/changes"
AT = datetime(2024, 6, 1, tzinfo=UTC)
LARGEST = 2**63 - 1
MAY = Charge(
    vendor="heroku",
    period_start=date(2024, 5, 1),
    period_end=date(2024, 5, 31),
    amount_minor=300,
    currency="USD",
    source="api",
    raw_sha256=None,
)
FIRST = Change(
    id=1,
    vendor="heroku",
    period_start=MAY.period_start,
    period_end=date(2024, 5, 28),
    amount_minor=300,
    currency="USD",
    previous_period_start=None,
    previous_amount_minor=None,
    previous_currency=None,
)


def _month(number: int, amount: int, **facts: Any) -> Charge:
    day = date(2024, number, 1)
    return replace(MAY, period_start=day, period_end=day + timedelta(days=27), amount_minor=amount, **facts)


def _add(diglot: Diglot, *charges: Charge) -> None:
    with diglot.connect() as connection:
        for charge in charges:
            BillingSnapshotRepository(connection).add(charge, fetched_at=AT)


def test_changes_pair_each_snapshot_with_the_one_before(diglot: Diglot) -> None:
    """Each is next to the last one of its own vendor, however long ago, whatever the order of recording."""
    _add(diglot, _month(5, 300), _month(1, 100), _month(4, 9, vendor="alpaca"), _month(2, 200, currency="EUR"))

    with diglot.connect() as connection:
        found = BillingSnapshotRepository(connection).changes(vendor=None, limit=9)

    assert found[0] == replace(
        FIRST, previous_period_start=date(2024, 2, 1), previous_amount_minor=200, previous_currency="EUR"
    )
    assert [(one.vendor, one.amount_minor, one.previous_amount_minor) for one in found] == [
        ("heroku", 300, 200),
        ("alpaca", 9, None),
        ("heroku", 200, 100),
        ("heroku", 100, None),
    ]


def test_changes_resume_after_a_row_and_look_behind_the_page(diglot: Diglot) -> None:
    """A page goes on after the one before; the last row of a page is compared with the first of the next."""
    _add(diglot, _month(1, 1), _month(2, 2), _month(2, 20, vendor="alpaca"), _month(3, 3))

    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        first = repository.changes(vendor=None, limit=2)
        rest = repository.changes(vendor=None, limit=9, before=(first[-1].period_start, first[-1].id))
        heroku = repository.changes(vendor="heroku", limit=1)

    pairs = [(one.vendor, one.amount_minor, one.previous_amount_minor) for one in (*first, *rest)]
    assert pairs == [("heroku", 3, 2), ("alpaca", 20, None), ("heroku", 2, 1), ("heroku", 1, None)]
    assert heroku == first[:1]


@pytest.mark.parametrize(
    ("before", "now", "difference", "percent"),
    [
        (100, 150, 50, "50.00"),
        (150, 100, -50, "-33.33"),
        (3, 5, 2, "66.67"),
        (80_000, 80_002, 2, "0.00"),
        (80_000, 80_004, 4, "0.00"),
        (80_000, 80_012, 12, "0.02"),
        (80_000, 79_988, -12, "-0.02"),
        (-100, 50, 150, "150.00"),
        (-100, -150, -50, "-50.00"),
        (7, 7, 0, "0.00"),
        (-1, LARGEST, 2**63, "922337203685477580800.00"),
        (-LARGEST, LARGEST, 2 * LARGEST, "200.00"),
    ],
)
def test_change_is_exact_and_rounded_half_to_even(before: int, now: int, difference: int, percent: str) -> None:
    """More is above 0, after a credit too; a half goes to the even digit; 64 bits are no limit."""
    change = replace(
        FIRST, amount_minor=now, previous_amount_minor=before, previous_currency="USD", previous_period_start=AT.date()
    )

    assert (change.difference_minor, str(change.percent), change.not_comparable) == (difference, percent, None)


@pytest.mark.parametrize(
    ("before", "currency", "difference", "why"),
    [(None, None, None, "no_previous"), (5, "EUR", None, "other_currency"), (0, "USD", 300, "previous_is_zero")],
)
def test_change_without_a_percentage_says_why(
    before: int | None, currency: str | None, difference: int | None, why: str
) -> None:
    """The first one, one in another currency, and one after nothing have no percentage, and say why."""
    change = replace(FIRST, previous_amount_minor=before, previous_currency=currency)

    assert (change.percent, change.difference_minor, change.not_comparable) == (None, difference, why)


def test_percent_keeps_two_places() -> None:
    """The percentage has exactly two places, so that its text has them."""
    change = replace(FIRST, previous_amount_minor=300, previous_currency="USD")

    assert change.percent == Decimal(0)
    assert str(change.percent) == "0.00"


def test_route_shows_differences_and_reasons(signed_in: Person, diglot: Diglot) -> None:
    """A customer reads the newest period first, with exact text, and null with its reason where there is nothing."""
    _add(diglot, _month(4, 200), _month(5, 300))

    answer = signed_in.client.get(URL)

    assert answer.status_code == 200
    facts = {"vendor": "heroku", "currency": "USD"}
    assert answer.json() == {
        "changes": [
            {
                **facts,
                "id": 2,
                "period_start": "2024-05-01",
                "period_end": "2024-05-28",
                "amount_minor": 300,
                "previous_period_start": "2024-04-01",
                "previous_amount_minor": 200,
                "previous_currency": "USD",
                "difference_minor": 100,
                "percent": "50.00",
                "not_comparable": None,
            },
            {
                **facts,
                "id": 1,
                "period_start": "2024-04-01",
                "period_end": "2024-04-28",
                "amount_minor": 200,
                "previous_period_start": None,
                "previous_amount_minor": None,
                "previous_currency": None,
                "difference_minor": None,
                "percent": None,
                "not_comparable": "no_previous",
            },
        ],
        "next_page_token": None,
    }


def test_changes_route_pages_one_vendor(signed_in: Person, diglot: Diglot) -> None:
    """The pages together are the whole; their token is good for this vendor's changes alone."""
    _add(diglot, *(_month(number, number) for number in (1, 2, 3)), _month(3, 9, vendor="alpaca"))

    first = signed_in.client.get(URL, params={"vendor": "Heroku", "limit": 2}).json()
    token = first["next_page_token"]
    second = signed_in.client.get(URL, params={"vendor": "heroku", "page_token": token}).json()
    elsewhere = [
        signed_in.client.get(URL, params={"page_token": token}),
        signed_in.client.get("/api/billing/snapshots", params={"vendor": "heroku", "page_token": token}),
    ]

    assert [one["amount_minor"] for one in first["changes"] + second["changes"]] == [3, 2, 1]
    assert second["next_page_token"] is None
    assert [one.status_code for one in elsewhere] == [400, 400]


@pytest.mark.parametrize(
    ("query", "status"),
    [({"page_token": "AAAA"}, 400), ({"limit": "0"}, 422), ({"limit": "501"}, 422), ({"vendor": "a b"}, 422)],
    ids=str,
)
def test_changes_route_refuses_a_question_that_makes_no_sense(
    signed_in: Person, query: dict[str, str], status: int
) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert signed_in.client.get(URL, params=query).status_code == status


def test_changes_route_is_closed_to_strangers(person: Person) -> None:
    """Who is not signed in reads nothing."""
    assert person.client.get(URL).status_code == 401


@pytest.mark.parametrize("months", [2, 12])
def test_changes_are_one_statement(signed_in: Person, diglot: Diglot, months: int) -> None:
    """A page costs the session's statement and one more, however many rows it has."""
    _add(diglot, *(_month(1 + number, number) for number in range(months)))
    diglot.statements.clear()

    found = signed_in.client.get(URL).json()["changes"]

    assert (len(found), len(diglot.statements)) == (months, 2)
