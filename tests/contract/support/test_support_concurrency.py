"""Two who act on one ticket at the same time, on true connections."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from backend_v2.support.records import Mapping, Ticket
from backend_v2.support.repositories import CustomerMapRepository, TicketRepository
from tests.contract.conftest import Person
from tests.contract.support.conftest import MAP, TICKETS, read, told, write

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]


def _meet_after(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    """Let the two that call this method wait for each other when they have read and not yet written."""
    both_have_read = threading.Barrier(2)
    look: Callable[..., Ticket | Mapping | None] = getattr(owner, name)

    def look_and_wait(self: Any, *arguments: Any) -> Ticket | Mapping | None:
        found = look(self, *arguments)
        with suppress(threading.BrokenBarrierError):  # with the lock only one can have looked
            both_have_read.wait(1)
        return found

    monkeypatch.setattr(owner, name, look_and_wait)


def _at_once(*calls: Callable[[], int]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [one.result(30) for one in [threads.submit(call) for call in calls]]


def test_ticket_is_closed_once(
    admin: Person, customer: Person, ticket: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the requester and an administrator who close a ticket at once one does it, the other is told; logged once."""
    _meet_after(monkeypatch, TicketRepository, "lock")

    def close(person: Person) -> int:
        return person.client.post(f"{TICKETS}/{ticket['id']}/close").status_code

    codes = _at_once(lambda: close(admin), lambda: close(customer))

    monkeypatch.undo()
    events = admin.client.get(f"/api/admin/customers/{ticket['user_id']}/events").json()["events"]
    assert sorted(codes) == [200, 409]
    assert [one["event"] for one in events].count("ticket_closed") == 1


def test_question_and_answer_at_once_leave_the_ticket_open(
    admin: Person, customer: Person, ticket: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question that an answer did not know of is never hidden by it, whichever of the two is stored first."""
    _meet_after(monkeypatch, TicketRepository, "lock")

    codes = _at_once(lambda: write(admin, ticket, "Done."), lambda: write(customer, ticket, "Wait."))

    monkeypatch.undo()
    found = read(customer, ticket)
    assert codes == [201, 201]
    assert {one for one, _ in told(found)} == {"inbound", "outbound"}
    assert len(found["messages"]) == 3
    assert found["status"] == "open"


def test_address_that_is_new_to_two_is_mapped_once(
    admin: Person, customer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two requests that map a new address at once both succeed, and leave one line."""
    users = [person.client.get("/api/auth/session").json()["user"]["id"] for person in (admin, customer)]
    _meet_after(monkeypatch, CustomerMapRepository, "move")

    def put(user_id: str) -> int:
        return admin.client.put(f"{MAP}/new@x.example", json={"user_id": user_id}).status_code

    codes = _at_once(*[lambda user_id=user_id: put(user_id) for user_id in users])  # type: ignore[misc]

    monkeypatch.undo()
    (line,) = admin.client.get(MAP).json()["customers"]
    assert codes == [201, 201]
    assert UUID(line["user_id"]) in {UUID(one) for one in users}
