"""Two administrators who act on one customer at the same time, on true connections."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

import pytest
from apiflask import APIFlask

from backend_v2.admin.customer_service import CustomerService
from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.db.database import Database
from backend_v2.errors import Conflict
from diglot.client import client_for
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person, make_admin

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]

URL = "/api/admin/customers"


@pytest.fixture
def second_admin(diglot_app: APIFlask, diglot: Diglot) -> Iterator[Person]:
    """Another administrator, at another computer."""
    with client_for(diglot_app) as client:
        person = Person(client, "bob@example.com")
        person.register()
        make_admin(diglot, person.email)
        yield person


def _ids(admin: Person) -> dict[str, str]:
    return {one["email"]: one["id"] for one in admin.client.get(URL).json()["customers"]}


def _meet_after_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two who look at a customer wait for each other before they change anything."""
    both_have_looked = threading.Barrier(2)
    look = UserRepository.lock

    def look_and_wait(self: UserRepository, user_id: UUID) -> User | None:
        found = look(self, user_id)
        with suppress(threading.BrokenBarrierError):  # with the lock only one can have looked
            both_have_looked.wait(1)
        return found

    monkeypatch.setattr(UserRepository, "lock", look_and_wait)


def test_two_suspensions_at_once_are_one(
    admin: Person, second_admin: Person, customer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two administrators who suspend one customer at once one does it, the other is told; it is logged once."""
    eve = _ids(admin)[customer.email]
    _meet_after_looking(monkeypatch)

    def suspend(person: Person) -> int:
        return person.client.post(f"{URL}/{eve}/suspend", json={"reason": person.email}).status_code

    with ThreadPoolExecutor(2) as threads:
        codes = [one.result(30) for one in [threads.submit(suspend, person) for person in (admin, second_admin)]]

    events = admin.client.get(f"{URL}/{eve}/events").json()["events"]
    assert sorted(codes) == [200, 409]
    assert [one["event"] for one in events].count("customer_suspended") == 1


def test_nobody_becomes_administrator_while_being_suspended(
    admin: Person, customer: Person, diglot: Diglot, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grant and a suspension of one customer at once: one of them is refused, and no administrator is suspended."""
    eve = _ids(admin)[customer.email]
    service = CustomerService(Database(diglot.engine), clock)
    _meet_after_looking(monkeypatch)

    def suspend() -> bool:
        return admin.client.post(f"{URL}/{eve}/suspend", json={"reason": "x"}).status_code == 200

    def grant() -> bool:
        with suppress(Conflict):
            return service.set_admin(customer.email, is_admin=True)
        return False

    with ThreadPoolExecutor(2) as threads:
        done = [one.result(30) for one in (threads.submit(suspend), threads.submit(grant))]

    found = admin.client.get(f"{URL}/{eve}").json()
    assert sorted(done) == [False, True]
    assert [found["suspended_at"] is not None, found["is_admin"]] == done
