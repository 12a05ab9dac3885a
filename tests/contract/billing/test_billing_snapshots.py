"""`BillingSnapshotRepository`: what is inserted reads back exactly, and is listed page by page."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from backend_v2.billing.records import Charge, Snapshot
from backend_v2.billing.repositories import BillingSnapshotRepository
from diglot.isolation.facade import Diglot

AT = datetime(2024, 6, 1, 0, 0, 0, 1, tzinfo=UTC)
MAY = Charge(
    vendor="heroku",
    period_start=date(2024, 5, 1),
    period_end=date(2024, 5, 31),
    amount_minor=9_007_199_254_740_993,
    currency="USD",
    source="api",
    raw_sha256="ab" * 32,
)


@pytest.mark.parametrize(
    "charge",
    [
        MAY,
        replace(MAY, amount_minor=-(2**63) + 1, source="derived", raw_sha256=None),
        replace(MAY, amount_minor=0, currency="JPY", source="manual", period_end=date(2024, 5, 1)),
    ],
    ids=["largest exact float, and one more", "smallest, without a document", "nothing, of one day"],
)
def test_add_reads_back_exactly(diglot: Diglot, charge: Charge) -> None:
    """Every field comes back as it went in: the cent, the microsecond, the zone."""
    with diglot.connect() as connection:
        stored = BillingSnapshotRepository(connection).add(charge, fetched_at=AT)

    with diglot.connect() as connection:
        (read,) = BillingSnapshotRepository(connection).page(vendor="heroku", limit=10)

    assert read == stored == Snapshot(**asdict(charge), id=1, fetched_at=AT)
    assert read.fetched_at.tzinfo is UTC


def test_add_of_a_taken_month_changes_nothing_and_keeps_the_transaction(diglot: Diglot) -> None:
    """A second snapshot of the month is not stored, and the transaction stays usable."""
    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        repository.add(MAY, fetched_at=AT)
        second = repository.add(replace(MAY, amount_minor=1), fetched_at=AT)
        repository.add(replace(MAY, vendor="postmark"), fetched_at=AT)

    with diglot.connect() as connection:
        found = BillingSnapshotRepository(connection).page(vendor=None, limit=10)

    assert second is None
    assert sorted((one.vendor, one.amount_minor) for one in found) == [
        ("heroku", MAY.amount_minor),
        ("postmark", MAY.amount_minor),
    ]


def test_add_of_a_taken_month_keeps_what_the_transaction_did_before(diglot: Diglot) -> None:
    """A transaction that ends with a taken month commits what it stored before it."""
    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        first = repository.add(MAY, fetched_at=AT)
        repository.add(replace(MAY, amount_minor=1), fetched_at=AT)

    with diglot.connect() as connection:
        found = BillingSnapshotRepository(connection).page(vendor=None, limit=10)

    assert found == [first]


@pytest.mark.parametrize(
    "wrong",
    [{"source": "rumour"}, {"currency": "usd"}, {"currency": "EU"}, {"period_end": date(2024, 4, 30)}],
    ids=str,
)
def test_add_of_what_makes_no_sense_is_refused_by_the_table(diglot: Diglot, wrong: dict[str, object]) -> None:
    """What the routes refuse the table refuses as well: a wrong source, currency or period."""
    with pytest.raises(IntegrityError, match=r"(?i)check"), diglot.connect() as connection:
        BillingSnapshotRepository(connection).add(Charge(**{**asdict(MAY), **wrong}), fetched_at=AT)


def test_page_is_ordered_by_period_and_resumes_after_a_row(diglot: Diglot) -> None:
    """The newest period comes first, of one period the newest row, and a page goes on after the one before."""
    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        repository.add(replace(MAY, period_start=date(2024, 2, 1)), fetched_at=AT)
        repository.add(MAY, fetched_at=AT)
        repository.add(replace(MAY, vendor="alpaca"), fetched_at=AT)
        repository.add(replace(MAY, period_start=date(2024, 3, 1)), fetched_at=AT)

    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        first = repository.page(vendor=None, limit=1)
        rest = repository.page(vendor=None, limit=9, before=(first[-1].period_start, first[-1].id))

    assert [(one.period_start.month, one.vendor) for one in (*first, *rest)] == [
        (5, "alpaca"),
        (5, "heroku"),
        (3, "heroku"),
        (2, "heroku"),
    ]


def test_page_of_a_vendor_has_no_other(diglot: Diglot) -> None:
    """Asked for one vendor the list holds that one alone."""
    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        repository.add(MAY, fetched_at=AT)
        repository.add(replace(MAY, vendor="postmark"), fetched_at=AT)

    with diglot.connect() as connection:
        found = BillingSnapshotRepository(connection).page(vendor="postmark", limit=10)

    assert [one.vendor for one in found] == ["postmark"]


def test_list_is_one_statement(diglot: Diglot) -> None:
    """A page is read at once, with its order stated."""
    with diglot.connect() as connection:
        BillingSnapshotRepository(connection).page(vendor=None, limit=10)

    (statement,) = [str(one) for one in diglot.statements]
    assert "ORDER BY" in statement
