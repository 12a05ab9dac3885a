"""`StatusEventRepository`: what it keeps and finds; and two who tell the same event at once."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from backend_v2.db.tables.support import status_events
from backend_v2.status.records import StatusEvent, StoredStatusEvent
from backend_v2.status.repositories import StatusEventRepository
from diglot.client import Client
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH
from tests.contract.status.conftest import EVENTS, event, send

EVENT = StatusEvent(
    provider_event_id="e1",
    component="Orders",
    status="degraded",
    summary="Ü" * 255,
    occurred_at=EPOCH - timedelta(microseconds=1),
    payload={"id": "e1", "n": 1},
)


def test_event_is_added_once_and_found(diglot: Diglot) -> None:
    """An event reads back to the microsecond; a second one of its id is not stored."""
    with diglot.connect() as connection:
        events = StatusEventRepository(connection)
        added = events.add(EVENT, at=EPOCH)
        second = events.add(replace(EVENT, status="operational"), at=EPOCH)

    with diglot.connect() as connection:
        found = StatusEventRepository(connection).find("e1")
        none = StatusEventRepository(connection).find("E1")
        payload = connection.scalar(sa.select(status_events.c.payload))

    expected = {name: value for name, value in EVENT.__dict__.items() if name != "payload"}
    assert found == added == StoredStatusEvent(**expected, received_at=EPOCH)
    assert (second, none, payload) == (None, None, EVENT.payload)


def test_status_that_there_is_not_is_refused_by_the_table(diglot: Diglot) -> None:
    """What the webhook refuses the table refuses as well."""
    with pytest.raises(IntegrityError, match=r"(?i)check"), diglot.connect() as connection:
        StatusEventRepository(connection).add(replace(EVENT, status="fine"), at=EPOCH)


def test_current_and_page_have_one_order(diglot: Diglot) -> None:
    """The newest event of a component is its first in the list; ties are broken by id; pages go on."""
    rows = [("b", "Bars", 0), ("a", "Bars", 0), ("c", "Bars", -1), ("d", "API", -2), ("B", "API", -2)]
    with diglot.connect() as connection:
        events = StatusEventRepository(connection)
        added = [
            events.add(
                replace(EVENT, provider_event_id=one, component=name, occurred_at=EPOCH + timedelta(days=days)),
                at=EPOCH,
            )
            for one, name, days in rows
        ]
        current = events.current()
        first = events.page(component=None, limit=1)
        rest = events.page(component=None, limit=9, before=(first[-1].occurred_at, first[-1].provider_event_id))
        bars = events.page(component="Bars", limit=2, before=(EPOCH, "b"))

    assert None not in added
    assert [one.provider_event_id for one in current] == ["d", "b"]
    assert [one.provider_event_id for one in (*first, *rest)] == ["b", "a", "c", "d", "B"]
    assert [one.provider_event_id for one in bars] == ["a", "c"]


@pytest.mark.isolation("clone")
@pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap")
def test_event_that_is_told_twice_at_once_is_one(diglot_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are accepted, one is stored."""
    both_have_looked = threading.Barrier(2)
    look = StatusEventRepository.find

    def look_and_wait(self: StatusEventRepository, event_id: str) -> StoredStatusEvent | None:
        found = look(self, event_id)
        with suppress(threading.BrokenBarrierError):
            both_have_looked.wait(5)
        return found

    monkeypatch.setattr(StatusEventRepository, "find", look_and_wait)
    body = json.dumps(event())

    with ThreadPoolExecutor(2) as threads:
        telling = [threads.submit(send, diglot_client, body) for _ in range(2)]
        results = [one.result(30).json()["result"] for one in telling]

    assert sorted(results) == ["replayed", "stored"]
    assert len(diglot_client.get(EVENTS).json()["events"]) == 1
