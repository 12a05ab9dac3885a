"""Two changes of one user's subscription at the same time, on true connections."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend_v2.billing.records import Subscription
from backend_v2.billing.repositories import SubscriptionRepository
from backend_v2.db.tables import auth
from diglot.isolation.facade import Diglot
from tests.contract.conftest import Person

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]

BODY = {
    "plan": "pro",
    "status": "active",
    "current_period_start": "2024-06-01T00:00:00Z",
    "current_period_end": "2024-07-01T00:00:00Z",
}


def _id(diglot: Diglot, person: Person) -> Any:
    with diglot.connect() as connection:
        return connection.scalar(sa.select(auth.users.c.id).where(auth.users.c.email == person.email))


def _meet_after_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two who look at a subscription wait for each other before they change it."""
    both_have_looked = threading.Barrier(2)
    look = SubscriptionRepository.find

    def look_and_wait(self: SubscriptionRepository, user_id: UUID) -> Subscription | None:
        found = look(self, user_id)
        with suppress(threading.BrokenBarrierError):  # with the lock only one can have looked
            both_have_looked.wait(1)
        return found

    monkeypatch.setattr(SubscriptionRepository, "find", look_and_wait)


def _at_once(*calls: Callable[[], int]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [one.result(30) for one in [threads.submit(call) for call in calls]]


def test_of_two_cancellations_at_once_one_is_told(
    admin: Person, diglot: Diglot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two requests that cancel at once one does it, the other is a conflict."""
    put = admin.client.put(f"/api/billing/subscriptions/{_id(diglot, admin)}", json=BODY)
    _meet_after_looking(monkeypatch)

    def cancel() -> int:
        return admin.client.post("/api/billing/subscription/cancel").status_code

    codes = _at_once(cancel, cancel)

    assert put.status_code == 201
    assert sorted(codes) == [200, 409]


def test_of_two_first_subscriptions_at_once_one_is_created(
    admin: Person, other: Person, diglot: Diglot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two puts for a user without a subscription one creates it, the other follows the rules against that one."""
    url = f"/api/billing/subscriptions/{_id(diglot, other)}"
    _meet_after_looking(monkeypatch)

    def put() -> int:
        return admin.client.put(url, json=BODY).status_code

    codes = _at_once(put, put)

    assert sorted(codes) == [200, 201]
