"""Changes, alarms and subscriptions: whatever the API lets through, both dialects do the same with it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import Connection

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.billing.records import Charge, Terms
from backend_v2.billing.repositories import (
    BillingAlertConfigRepository,
    BillingAlertEventRepository,
    BillingSnapshotRepository,
    SubscriptionRepository,
)
from backend_v2.db.tables import billing
from diglot.differential import Lockstep, differential, operation, values

NOW = st.integers(0, 365).map(lambda day: datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day))
"""The service's clock."""
VENDORS = st.sampled_from(("a", "a-", "a_", "0", "a-b", "a_b", "ab"))
"""`Vendor`: lower case; languages sort these in several ways."""
CURRENCIES = st.sampled_from(("USD", "EUR"))
THRESHOLDS = st.integers(1, 3) | st.integers(1, 2**63 - 1)
"""`AlertConfigIn.threshold_minor`."""
AMOUNTS = st.integers(-1, 1) | st.integers(-(2**63) + 1, 2**63 - 1)
"""`SnapshotIn.amount_minor`."""
DAYS = st.integers(0, 5).map(lambda month: date(2024, 1 + month, 1)) | st.sampled_from((date.min, date.max))
"""`Day`."""
LIMITS = st.integers(1, 3) | st.just(501)
"""`limit`, and one more."""
STATUSES = values(billing.subscriptions.c.status, hostile=False)
"""`Status`: those that the CHECK lists."""
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds
"""`Instant`."""


def _charge(vendor: str, day: date, amount_minor: int, currency: str) -> Charge:
    return Charge(
        vendor=vendor,
        period_start=day,
        period_end=day,
        amount_minor=amount_minor,
        currency=currency,
        source="api",
        raw_sha256=None,
    )


CHARGES = st.builds(_charge, VENDORS, DAYS, AMOUNTS, CURRENCIES)


def test_changes_are_found_alike(diglot_lockstep: Lockstep) -> None:
    """Any charges, recorded in any order, are compared with the same ones before them on both dialects."""
    page = {"vendor": st.none() | VENDORS, "limit": LIMITS, "before": st.none() | st.tuples(DAYS, st.integers(1, 9))}

    agreement = differential(
        diglot_lockstep,
        operation(BillingSnapshotRepository.add, charge=CHARGES, fetched_at=NOW),
        operation(BillingSnapshotRepository.changes, **page),
        operation(BillingSnapshotRepository.newest, vendor=VENDORS),
    )

    assert agreement.examples >= 100


def _raise(connection: Connection, vendor: str, at: datetime) -> bool | None:
    """Do what the services do, without asking whether the amount is above the threshold."""
    config = BillingAlertConfigRepository(connection).find(vendor)
    newest = BillingSnapshotRepository(connection).newest(vendor)
    if config is None or newest is None:
        return None
    return BillingAlertEventRepository(connection).add(config, newest, at=at)


def test_alarms_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any configurations, snapshots and alarms, in any order, are the same on both dialects."""
    fields = {"threshold_minor": THRESHOLDS, "currency": CURRENCIES, "enabled": st.booleans(), "at": NOW}

    agreement = differential(
        diglot_lockstep,
        operation(BillingSnapshotRepository.add, charge=CHARGES, fetched_at=NOW),
        operation(BillingAlertConfigRepository.save, vendor=VENDORS, **fields),
        operation(BillingAlertConfigRepository.all),
        operation(BillingAlertConfigRepository.delete, vendor=VENDORS),
        operation(_raise, vendor=VENDORS, at=NOW),
        operation(
            BillingAlertEventRepository.page,
            vendor=st.none() | VENDORS,
            limit=LIMITS,
            before=st.none() | st.integers(1, 4),
        ),
    )

    assert agreement.examples >= 100


def _join(connection: Connection, user_id: UUID) -> bool:
    at = datetime(2024, 1, 1, tzinfo=UTC)
    email = f"{user_id.int}@example.com"
    return UserRepository(connection).add(User(user_id, user_id.bytes, email, "x", False, None, at))


def test_subscriptions_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any subscriptions of any users, saved and found in any order, are the same on both dialects."""
    users = st.integers(1, 2).map(lambda number: UUID(int=number))
    terms = st.builds(
        lambda plan, status, start, length: Terms(
            plan=plan, status=status, current_period_start=start, current_period_end=start + length
        ),
        st.from_regex(r"[a-z0-9][a-z0-9_-]{0,39}", fullmatch=True),  # `Plan`
        STATUSES,
        INSTANTS,
        st.timedeltas(timedelta(microseconds=1), timedelta(days=400)),  # `SubscriptionIn`: the end is after the start
    )

    agreement = differential(
        diglot_lockstep,
        operation(_join, user_id=users),
        operation(
            SubscriptionRepository.save,
            user_id=users,
            terms=terms,
            new_id=st.uuids(),
            cancelled_at=st.none() | NOW,
            at=NOW,
        ),
        operation(SubscriptionRepository.find, user_id=users),
    )

    assert agreement.examples >= 100
