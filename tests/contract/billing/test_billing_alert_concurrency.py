"""A snapshot that is recorded while a configuration is put or deleted, on true connections."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from backend_v2.billing.billing_alert_service import BillingAlertService
from backend_v2.billing.repositories import BillingAlertConfigRepository, BillingSnapshotRepository
from tests.contract.conftest import Person

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]

CONFIG, EVENTS = "/api/billing/alerts/configs/heroku", "/api/billing/alerts/events"
CHARGE = {"vendor": "heroku", "period_start": "2024-05-01", "period_end": "2024-05-31", "currency": "USD"}


def _put(person: Person, threshold: int = 100) -> int:
    body = {"threshold_minor": threshold, "currency": "USD", "enabled": True}
    return person.client.put(CONFIG, json=body).status_code


def _record(person: Person) -> int:
    return person.client.post("/api/billing/snapshots", json={**CHARGE, "amount_minor": 500}).status_code


def _meet_after(monkeypatch: pytest.MonkeyPatch, *methods: tuple[type, str]) -> None:
    """Let the two that call these methods wait for each other, when they have read and before they go on."""
    both_are_there = threading.Barrier(2)

    def meeting(owner: type, name: str) -> Callable[..., Any]:
        act = getattr(owner, name)

        def act_and_wait(*args: Any, **kwargs: Any) -> Any:
            found = act(*args, **kwargs)
            with suppress(threading.BrokenBarrierError):  # with the turn only one can have got here
                both_are_there.wait(1)
            return found

        return act_and_wait

    for owner, name in methods:
        monkeypatch.setattr(owner, name, meeting(owner, name))


def _at_once(*calls: Callable[[], int]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [one.result(30) for one in [threads.submit(call) for call in calls]]


def test_a_breach_is_neither_missed_nor_raised_twice(admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vendor's first configuration and its first snapshot, committed at once: one of the two sees the other."""
    # Each has looked for the other's row, and has committed nothing.
    _meet_after(monkeypatch, (BillingAlertService, "look_at"), (BillingSnapshotRepository, "newest"))

    codes = _at_once(lambda: _put(admin), lambda: _record(admin))

    events = admin.client.get(EVENTS).json()["events"]
    assert sorted(codes) == [201, 201]
    assert [(one["amount_minor"], one["threshold_minor"]) for one in events] == [(500, 100)]


def test_two_puts_at_once_create_one_config_and_one_alarm(admin: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two first configurations at once one creates and one replaces; the newest snapshot raises one alarm."""
    _record(admin)
    _meet_after(monkeypatch, (BillingAlertConfigRepository, "find"))

    codes = _at_once(lambda: _put(admin), lambda: _put(admin))

    assert sorted(codes) == [200, 201]
    assert len(admin.client.get(EVENTS).json()["events"]) == 1


def test_a_config_that_goes_while_a_snapshot_comes_breaks_neither(
    admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot is recorded while the configuration is deleted: both succeed, and no alarm is left over."""
    _put(admin)
    recording_has_looked = threading.Barrier(2)
    look, delete = BillingAlertConfigRepository.find, admin.client.delete

    def look_and_wait(self: BillingAlertConfigRepository, vendor: str) -> Any:
        found = look(self, vendor)
        with suppress(threading.BrokenBarrierError):
            recording_has_looked.wait(1)  # the deletion may begin
            recording_has_looked.wait(1)  # and it may end, unless it waits for the turn
        return found

    monkeypatch.setattr(BillingAlertConfigRepository, "find", look_and_wait)

    def delete_config() -> int:
        recording_has_looked.wait(10)
        code = delete(CONFIG).status_code
        with suppress(threading.BrokenBarrierError):
            recording_has_looked.wait(1)
        return code

    codes = _at_once(lambda: _record(admin), delete_config)

    assert codes == [201, 204]
    assert admin.client.get(EVENTS).json()["events"] == []
