"""An address that goes, opts out and is signed up at the same time, on true connections."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from backend_v2.config import Config
from backend_v2.db.database import Database
from backend_v2.marketing.marketing_service import MarketingService
from backend_v2.marketing.records import Contact
from backend_v2.marketing.repositories import MarketingContactRepository, erase
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]

AT = datetime(2024, 6, 1, tzinfo=UTC)
EMAIL = "bob@example.com"


def _sign_up(person: Person) -> int:
    return person.client.post("/api/marketing/contacts", json={"email": EMAIL, "source": "x"}).status_code


def _token(diglot: Diglot, config: Config, clock: ManualClock) -> str:
    return MarketingService(Database(diglot.engine), clock, key=config.page_key).token(EMAIL)


def _click(person: Person, token: str) -> int:
    return person.client.post("/api/marketing/opt-out", json={"token": token}).status_code


def _at_once(*calls: Callable[[], int]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [one.result(30) for one in [threads.submit(call) for call in calls]]


def test_signing_up_while_the_address_is_erased_does_not_undo_its_opt_out(person: Person, diglot: Diglot) -> None:
    """An address that opted out is erased while it is signed up: it is found opted out afterwards."""
    with diglot.connect() as connection:
        MarketingContactRepository(connection).add(EMAIL, source="x", opted_out=True, at=AT)
    erased = threading.Barrier(2)

    def erase_slowly() -> int:
        with diglot.connect() as connection:
            erase(connection, user_id=uuid4(), email=EMAIL)
            erased.wait(10)  # the other begins now, and this one has not committed
            with suppress(threading.BrokenBarrierError):
                erased.wait(1)
        return 0

    def sign_up() -> int:
        erased.wait(10)
        return _sign_up(person)

    codes = _at_once(erase_slowly, sign_up)

    with diglot.connect() as connection:
        repository = MarketingContactRepository(connection)
        found, listed = repository.find(EMAIL), repository.page(opted_out=None, limit=9)
    assert codes == [0, 202]
    assert found is not None
    assert found.opted_out
    assert listed == []


def test_a_link_clicked_while_the_contact_is_erased_keeps_the_address_out(
    person: Person, diglot: Diglot, config: Config, clock: ManualClock
) -> None:
    """A contact opts out while it is erased: it is found opted out afterwards, and nothing but a digest is left."""
    with diglot.connect() as connection:
        MarketingContactRepository(connection).add(EMAIL, source="x", opted_out=False, at=AT)
    erased = threading.Barrier(2)
    token = _token(diglot, config, clock)

    def erase_slowly() -> int:
        with diglot.connect() as connection:
            erase(connection, user_id=uuid4(), email=EMAIL)
            erased.wait(10)  # the click begins now, and this one has not committed
            with suppress(threading.BrokenBarrierError):
                erased.wait(1)
        return 0

    def click() -> int:
        erased.wait(10)
        return _click(person, token)

    codes = _at_once(erase_slowly, click)

    with diglot.connect() as connection:
        found = MarketingContactRepository(connection).find(EMAIL)
    assert codes == [0, 200]
    assert found is not None
    assert (found.email, found.opted_out) == (None, True)


def test_two_sign_ups_at_once_make_one_contact(
    person: Person, diglot: Diglot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two requests for one new address make one contact, and are answered alike."""
    both_have_looked = threading.Barrier(2)
    look = MarketingContactRepository.find

    def look_and_wait(self: MarketingContactRepository, email: str) -> Contact | None:
        found = look(self, email)
        with suppress(threading.BrokenBarrierError):  # with the turn only one can have looked
            both_have_looked.wait(1)
        return found

    monkeypatch.setattr(MarketingContactRepository, "find", look_and_wait)

    codes = _at_once(lambda: _sign_up(person), lambda: _sign_up(person))

    with diglot.connect() as connection:
        listed = MarketingContactRepository(connection).page(opted_out=None, limit=9)
    assert codes == [202, 202]
    assert [one.email for one in listed] == [EMAIL]


def test_a_link_and_a_sign_up_at_once_leave_a_new_address_out(
    person: Person, diglot: Diglot, config: Config, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address without a row opts out by an old link while it is signed up: it does not get mail afterwards."""
    both_have_looked = threading.Barrier(2)
    look = MarketingContactRepository.find

    def look_and_wait(self: MarketingContactRepository, email: str) -> Contact | None:
        found = look(self, email)
        with suppress(threading.BrokenBarrierError):
            both_have_looked.wait(1)
        return found

    monkeypatch.setattr(MarketingContactRepository, "find", look_and_wait)
    token = _token(diglot, config, clock)

    codes = _at_once(lambda: _click(person, token), lambda: _sign_up(person))

    with diglot.connect() as connection:
        reached = MarketingContactRepository(connection).page(opted_out=False, limit=9)
    assert codes == [200, 202]
    assert reached == []
