"""`CustomerRepository`: pages, counts, and what is changed."""

from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from backend_v2.admin.records import Customer, CustomerInFull
from backend_v2.admin.repositories import CustomerRepository
from backend_v2.auth.records import Session, User
from backend_v2.auth.repositories import SessionRepository, UserRepository
from backend_v2.db.tables import support, trading
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

ADA, EVE = UUID(int=1), UUID(int=2**128 - 1)


@pytest.fixture
def people(diglot: Diglot) -> None:
    """Ada and Eve, who registered at the same instant."""
    with diglot.connect() as connection:
        for user_id, name in ((ADA, "ada"), (EVE, "eve")):
            user = User(user_id, name.encode(), f"{name}@example.com", name, False, None, EPOCH)
            UserRepository(connection).add(user)


def _session(user_id: UUID, *, hours: int, revoked_at: datetime | None = None) -> Session:
    ends = EPOCH + timedelta(hours=hours)
    return Session(uuid4(), user_id, uuid4().bytes, "", "::1", EPOCH, EPOCH, ends, ends, revoked_at)


def _customer(user_id: UUID, name: str) -> Customer:
    return Customer(
        id=user_id,
        email=f"{name}@example.com",
        display_name=name,
        is_admin=False,
        suspended_at=None,
        created_at=EPOCH,
    )


@pytest.mark.usefixtures("people")
def test_page_resumes_within_one_instant(diglot: Diglot) -> None:
    """Of one instant the larger id comes first, and a page goes on after the row before."""
    with diglot.connect() as connection:
        repository = CustomerRepository(connection)
        first = repository.page(query=None, suspended=None, limit=1)
        rest = repository.page(query=None, suspended=None, limit=9, before=(first[0].created_at, first[0].id))
        none = repository.page(query=None, suspended=None, limit=9, before=(rest[0].created_at, rest[0].id))

    assert (first, rest, none) == ([_customer(EVE, "eve")], [_customer(ADA, "ada")], [])


@pytest.mark.usefixtures("people")
def test_get_counts_in_one_statement(diglot: Diglot) -> None:
    """Counts are those of the customer alone: a session that ended or was revoked and a closed ticket do not count."""
    with diglot.connect() as connection:
        sessions = SessionRepository(connection)
        for one in (
            _session(ADA, hours=1),
            _session(ADA, hours=2),
            _session(ADA, hours=0),
            _session(ADA, hours=1, revoked_at=EPOCH),
            _session(EVE, hours=1),
        ):
            sessions.add(one)
        facts = {"currency": "USD", "cash": Decimal(1), "starting_cash": Decimal(1), "created_at": EPOCH}
        accounts = [{"id": uuid4(), "user_id": ADA, "name": name, **facts} for name in ("a", "b", "c")]
        connection.execute(sa.insert(trading.paper_accounts), accounts)
        ticket = {"requester_email": "x", "subject": "x", "created_at": EPOCH, "updated_at": EPOCH}
        tickets = [
            {"id": uuid4(), "user_id": user_id, "status": status, **ticket}
            for user_id, status in ((ADA, "open"), (ADA, "pending"), (ADA, "closed"), (EVE, "open"), (None, "open"))
        ]
        connection.execute(sa.insert(support.support_tickets), tickets)
    diglot.statements.clear()

    with diglot.connect() as connection:
        found = CustomerRepository(connection).get(ADA, now=EPOCH)
        nobody = CustomerRepository(connection).get(uuid4(), now=EPOCH)

    counts = {"passkeys": 0, "live_sessions": 2, "accounts": 3, "open_tickets": 2}
    assert found == CustomerInFull(**asdict(_customer(ADA, "ada")), **counts)
    assert nobody is None
    assert len(diglot.statements) == 2


@pytest.mark.usefixtures("people")
def test_changes_are_returned_and_stay(diglot: Diglot) -> None:
    """Suspension and administration are set on one customer, and read back exactly."""
    at = EPOCH + timedelta(microseconds=1)
    with diglot.connect() as connection:
        repository = CustomerRepository(connection)
        suspended = repository.set_suspended(ADA, at=at)
        granted = repository.set_admin(EVE, is_admin=True)
        nobody = [repository.set_suspended(uuid4(), at=at), repository.set_admin(uuid4(), is_admin=True)]

    with diglot.connect() as connection:
        repository = CustomerRepository(connection)
        eve, ada = repository.page(query=None, suspended=None, limit=9)
        only_suspended = repository.page(query=None, suspended=True, limit=9)
        reinstated = repository.set_suspended(ADA, at=None)

    assert (suspended, granted) == (ada, eve)
    assert (ada.suspended_at, ada.is_admin, eve.suspended_at, eve.is_admin) == (at, False, None, True)
    assert only_suspended == [ada]
    assert reinstated == _customer(ADA, "ada")
    assert nobody == [None, None]
