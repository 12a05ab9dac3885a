"""How Postgres finds a page of tickets: by the lists' indexes, without a sort."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event

from backend_v2.db.tables import auth, support
from backend_v2.support.repositories import TicketRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

pytestmark = pytest.mark.only_on("postgresql", reason="SQLite explains its plans in another way, and needs none here")

TICKETS, USERS = 2000, 20
LATER = EPOCH + timedelta(seconds=TICKETS // 2)
WHOSE = [UUID(int=number) for number in range(1, USERS + 1)]


def _fill(connection: Connection) -> None:
    users = [
        {
            "id": one,
            "user_handle": one.bytes,
            "email": f"{one.int}@x.example",
            "display_name": "x",
            "is_admin": False,
            "created_at": EPOCH,
        }
        for one in WHOSE
    ]
    tickets = [
        {
            "id": uuid4(),
            "user_id": WHOSE[number % USERS],
            "requester_email": f"{number % USERS}@x.example",
            "subject": "x",
            "status": ("open", "pending", "closed")[number % 3],
            "created_at": EPOCH + timedelta(seconds=number),
            "updated_at": EPOCH,
        }
        for number in range(TICKETS)
    ]
    connection.execute(sa.insert(auth.users), users)
    connection.execute(sa.insert(support.support_tickets), tickets)
    connection.execute(sa.text("ANALYZE support_tickets"))


def _plan(connection: Connection, ask: Any) -> str:
    """Return the plan of the one statement that `ask` sends."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    ask()
    event.remove(connection, "before_cursor_execute", note)
    ((statement, parameters),) = sent
    return "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))


@pytest.mark.parametrize("at", [None, LATER], ids=["first page", "later page"])
def test_page_of_tickets_is_read_from_its_index(diglot: Diglot, at: datetime | None) -> None:
    """A page of one user's tickets is read from the index of the list, in its order."""
    before = None if at is None else (at, UUID(int=2**127))
    with diglot.connect() as connection:
        _fill(connection)
        tickets = TicketRepository(connection)

        plan = _plan(connection, lambda: tickets.of_user(WHOSE[-1], status=None, limit=21, before=before))

    assert "ix_support_tickets_list" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("at", [None, LATER], ids=["first page", "later page"])
@pytest.mark.parametrize("status", [None, "pending"])
def test_page_of_the_queue_is_read_from_its_index(diglot: Diglot, status: str | None, at: datetime | None) -> None:
    """A page of the queue is read from the queue's index, in its order, whatever the status."""
    after = None if at is None else (at, UUID(int=2**127))
    with diglot.connect() as connection:
        _fill(connection)
        tickets = TicketRepository(connection)

        plan = _plan(connection, lambda: tickets.queue(status=status, limit=21, after=after))

    assert "ix_support_tickets_queue" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan
