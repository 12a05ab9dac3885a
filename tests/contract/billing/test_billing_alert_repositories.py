"""The repositories of alarms about bills: one configuration a vendor, one event a configuration and snapshot."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from backend_v2.billing.records import AlertConfig, AlertEvent, Charge, Snapshot
from backend_v2.billing.repositories import (
    BillingAlertConfigRepository,
    BillingAlertEventRepository,
    BillingSnapshotRepository,
)
from diglot.isolation.facade import Diglot

AT = datetime(2024, 6, 1, 0, 0, 0, 1, tzinfo=UTC)
LARGEST = 2**63 - 1
MAY = Charge(
    vendor="heroku",
    period_start=date(2024, 5, 1),
    period_end=date(2024, 5, 31),
    amount_minor=LARGEST,
    currency="USD",
    source="manual",
    raw_sha256=None,
)
CONFIG = AlertConfig(id=1, vendor="heroku", threshold_minor=5, currency="USD", enabled=True, updated_at=AT)
SNAPSHOT = Snapshot(
    id=1,
    vendor="heroku",
    period_start=MAY.period_start,
    period_end=MAY.period_end,
    amount_minor=6,
    currency="USD",
    source="manual",
    raw_sha256=None,
    fetched_at=AT,
)


def _save(diglot: Diglot, *vendors: str, threshold: int = 5) -> list[AlertConfig]:
    with diglot.connect() as connection:
        repository = BillingAlertConfigRepository(connection)
        return [
            repository.save(one, threshold_minor=threshold, currency="USD", enabled=True, at=AT) for one in vendors
        ]


def _record(diglot: Diglot, *charges: Charge) -> list[Snapshot]:
    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        return [one for charge in charges if (one := repository.add(charge, fetched_at=AT)) is not None]


def test_configs_read_back_exactly_by_vendor(diglot: Diglot) -> None:
    """What was saved is found, and listed in the order of the vendors' bytes; nobody else is found."""
    saved = _save(diglot, "a_c", "a-b", "ab", "a0", threshold=LARGEST)

    with diglot.connect() as connection:
        repository = BillingAlertConfigRepository(connection)
        listed = repository.all()
        found = [repository.find("ab"), repository.find("AB"), repository.find("none")]

    assert [one.vendor for one in listed] == ["a-b", "a0", "a_c", "ab"]
    assert sorted(listed, key=lambda one: one.id) == saved
    assert found == [
        AlertConfig(id=3, vendor="ab", threshold_minor=LARGEST, currency="USD", enabled=True, updated_at=AT),
        None,
        None,
    ]


def test_save_replaces_a_vendors_config_and_keeps_its_id(diglot: Diglot) -> None:
    """A second save changes every field but the id, so that events still belong to it."""
    (before,) = _save(diglot, "heroku")
    later = AT + timedelta(days=1)

    with diglot.connect() as connection:
        repository = BillingAlertConfigRepository(connection)
        saved = repository.save("heroku", threshold_minor=7, currency="EUR", enabled=False, at=later)
        listed = repository.all()

    assert listed == [saved]
    assert saved == replace(before, threshold_minor=7, currency="EUR", enabled=False, updated_at=later)


@pytest.mark.parametrize("threshold", [0, -1])
def test_save_of_no_threshold_is_refused_by_the_table(diglot: Diglot, threshold: int) -> None:
    """What the routes refuse the table refuses as well."""
    with pytest.raises(IntegrityError, match=r"(?i)check"):
        _save(diglot, "heroku", threshold=threshold)


def test_delete_takes_the_events_along(diglot: Diglot) -> None:
    """A configuration goes with its events and without those of others; a second time there is none."""
    heroku, alpaca = _save(diglot, "heroku", "alpaca")
    one, other = _record(diglot, MAY, replace(MAY, vendor="alpaca"))
    with diglot.connect() as connection:
        events = BillingAlertEventRepository(connection)
        raised = [events.add(heroku, one, at=AT), events.add(alpaca, other, at=AT)]

    with diglot.connect() as connection:
        deleted = [BillingAlertConfigRepository(connection).delete("heroku") for _ in range(2)]
        left = BillingAlertEventRepository(connection).page(vendor=None, limit=9)

    assert (raised, deleted) == ([True, True], [True, False])
    assert [event.vendor for event in left] == ["alpaca"]


def test_event_is_added_once_and_keeps_the_transaction(diglot: Diglot) -> None:
    """A second event of the pair is none, the first one stays as it was, and the transaction is usable."""
    (config,) = _save(diglot, "heroku")
    snapshot, next_month = _record(diglot, MAY, replace(MAY, period_start=date(2024, 5, 2)))

    with diglot.connect() as connection:
        repository = BillingAlertEventRepository(connection)
        added = [
            repository.add(config, snapshot, at=AT),
            repository.add(replace(config, threshold_minor=1), snapshot, at=AT + timedelta(days=1)),
            repository.add(config, next_month, at=AT),
        ]
        later, event = repository.page(vendor=None, limit=9)

    assert added == [True, False, True]
    assert later.snapshot_id == next_month.id
    assert event == AlertEvent(
        id=event.id,
        config_id=config.id,
        snapshot_id=snapshot.id,
        vendor="heroku",
        period_start=MAY.period_start,
        period_end=MAY.period_end,
        amount_minor=LARGEST,
        threshold_minor=5,
        currency="USD",
        raised_at=AT,
    )


def test_events_page_resumes_and_knows_vendors_in_one_statement(diglot: Diglot) -> None:
    """The newest comes first, a page goes on after the one before, and asking for a vendor gives that one alone."""
    configs = _save(diglot, "heroku", "alpaca", "heroku")
    snapshots = _record(diglot, MAY, replace(MAY, vendor="alpaca"), replace(MAY, period_start=date(2024, 4, 1)))
    with diglot.connect() as connection:
        repository = BillingAlertEventRepository(connection)
        raised = [repository.add(*pair, at=AT) for pair in zip(configs, snapshots, strict=True)]
    diglot.statements.clear()

    with diglot.connect() as connection:
        repository = BillingAlertEventRepository(connection)
        (first,) = repository.page(vendor=None, limit=1)
        rest = repository.page(vendor=None, limit=9, before=first.id)
        heroku = repository.page(vendor="heroku", limit=9)

    assert raised == [True] * 3
    assert [(one.vendor, one.period_start.month) for one in (first, *rest)] == [
        ("heroku", 4),
        ("alpaca", 5),
        ("heroku", 5),
    ]
    assert heroku == [first, rest[1]]
    assert len(diglot.statements) == 3


def test_newest_is_the_last_period_of_a_vendor(diglot: Diglot) -> None:
    """The newest snapshot is that of the last period, not the one that was recorded last, and of one vendor."""
    _record(diglot, MAY, replace(MAY, period_start=date(2024, 4, 1)), replace(MAY, vendor="alpaca"))

    with diglot.connect() as connection:
        repository = BillingSnapshotRepository(connection)
        found = [repository.newest("heroku"), repository.newest("none")]

    assert found == [Snapshot(**vars(MAY), id=1, fetched_at=AT), None]


@pytest.mark.parametrize(
    ("config", "snapshot", "breached"),
    [
        (CONFIG, SNAPSHOT, True),
        (CONFIG, replace(SNAPSHOT, amount_minor=5), False),
        (CONFIG, replace(SNAPSHOT, amount_minor=-6), False),
        (CONFIG, replace(SNAPSHOT, currency="EUR"), False),
        (replace(CONFIG, enabled=False), SNAPSHOT, False),
    ],
    ids=["above", "equal", "a credit", "another currency", "switched off"],
)
def test_config_is_breached_above_its_threshold_alone(
    config: AlertConfig, snapshot: Snapshot, *, breached: bool
) -> None:
    """An alarm needs an amount above the threshold, in the same currency, while it is switched on."""
    assert config.is_breached_by(snapshot) is breached
