"""Postmark tells the same twice at the same time, on true connections; and a mail comes while its sender leaves."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.mail.repositories import DeliveryRepository, InboundMailRepository
from backend_v2.support.repositories import TicketRepository, erase
from diglot.isolation.facade import Diglot
from tests.contract.conftest import Person
from tests.contract.mail.conftest import DELIVERIES, DELIVERY, INBOUND, MAILS, Tell, delivery, mail

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]


def _meet_after(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    """Let the two that call this method wait for each other when they have read and not yet written."""
    both_have_read = threading.Barrier(2)
    look: Callable[..., Any] = getattr(owner, name)

    def look_and_wait(self: Any, *arguments: Any) -> Any:
        found = look(self, *arguments)
        with suppress(threading.BrokenBarrierError):
            both_have_read.wait(5)
        return found

    monkeypatch.setattr(owner, name, look_and_wait)


def _at_once(*calls: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [one.result(30) for one in [threads.submit(call) for call in calls]]


def test_mail_that_is_told_twice_at_once_is_one(admin: Person, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are accepted, one is stored, and one ticket is opened with one message."""
    _meet_after(monkeypatch, InboundMailRepository, "find")

    results = _at_once(*[lambda: tell(INBOUND, mail()).json()["result"]] * 2)

    (ticket,) = admin.client.get("/api/support/queue").json()["tickets"]
    assert sorted(results) == ["replayed", "stored"]
    assert [one["ticket_id"] for one in admin.client.get(MAILS).json()["messages"]] == [ticket["id"]]
    assert len(admin.client.get(f"/api/support/tickets/{ticket['id']}").json()["messages"]) == 1


def test_delivery_that_is_told_twice_at_once_is_one(
    admin: Person, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are accepted, one is stored."""
    _meet_after(monkeypatch, DeliveryRepository, "find")

    results = _at_once(*[lambda: tell(DELIVERY, delivery()).json()["result"]] * 2)

    assert sorted(results) == ["replayed", "stored"]
    assert len(admin.client.get(DELIVERIES).json()["deliveries"]) == 1


def test_mail_of_who_is_leaving_is_a_strangers(
    admin: Person, other: Person, tell: Tell, diglot: Diglot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail that comes while its sender's account is being deleted waits for that, and is then a stranger's."""
    tell(INBOUND, mail(1))
    found, gone = threading.Event(), threading.Event()
    find, thread = UserRepository.find_by_email, TicketRepository.thread

    def find_and_say(self: UserRepository, email: str) -> User | None:
        user = find(self, email)
        found.set()
        return user

    def thread_when_gone(self: TicketRepository, **named: Any) -> UUID | None:
        gone.wait(10)
        return thread(self, **named)

    with ThreadPoolExecutor(1) as threads, diglot.second_connection() as leaving:
        user = UserRepository(leaving).find_by_email(other.email)
        assert user is not None
        UserRepository(leaving).lock(user.id)
        monkeypatch.setattr(UserRepository, "find_by_email", find_and_say)
        monkeypatch.setattr(TicketRepository, "thread", thread_when_gone)
        telling = threads.submit(lambda: tell(INBOUND, mail(2)).status_code)
        found.wait(10)
        erase(leaving, user_id=user.id, email=user.email)
        UserRepository(leaving).delete(user)
        leaving.commit()
        gone.set()
        status = telling.result(30)

    (ticket,) = admin.client.get("/api/support/queue").json()["tickets"]
    assert status == 200
    assert ticket["user_id"] is None
