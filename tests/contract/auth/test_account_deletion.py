"""`DELETE /api/auth/account`: everything that is theirs goes, and nobody else's."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.account_service import AccountService
from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.repositories import AuditRepository, UserRepository
from backend_v2.db.database import Database
from backend_v2.db.tables import auth, support
from backend_v2.errors import Unauthorized
from backend_v2.http.session_cookie import Caller
from diglot.client import Client
from diglot.isolation.facade import Diglot
from diglot.passkey import Fault
from tests.contract.conftest import EPOCH, ManualClock, Person, make_admin

TABLES = (
    auth.users, auth.webauthn_credentials, auth.webauthn_challenges, auth.customer_sessions, auth.backup_codes,
    auth.bootstrap_tokens, auth.email_challenges, auth.login_attempts, auth.audit_log,
)  # fmt: skip
URL = "/api/auth/account"


@pytest.fixture
def counts(diglot: Diglot) -> Callable[[], dict[str, int]]:
    """Says how many rows each table has."""

    def count() -> dict[str, int]:
        with diglot.connect() as connection:
            rows = {table.name: sa.select(sa.func.count()).select_from(table) for table in TABLES}
            return {name: int(connection.scalar(statement) or 0) for name, statement in rows.items()}

    return count


def _live(person: Person, stranger: Client) -> None:
    """Leave something in every table."""
    person.client.post("/api/auth/backup-codes")
    person.client.post("/api/auth/register/options", json={})
    stranger.post("/api/auth/register/options", json={"email": person.email})
    person.login(fault=Fault(flip_signature=True))
    stranger.post("/api/auth/email/challenges", json={"email": person.email, "purpose": "recover"})
    person.client.post("/api/auth/email/challenges", json={"email": person.email, "purpose": "verify_email"})


def test_account_deletion_leaves_nothing_of_the_user(
    signed_in: Person, other: Person, stranger: Client, diglot: Diglot, counts: Callable[[], dict[str, int]]
) -> None:
    """Every table loses the user's rows, tokens for their address included; one line says that it happened."""
    make_admin(diglot, other.email)
    before = counts()
    issued = other.client.post("/api/auth/bootstrap-tokens", json={"email": signed_in.email})
    _live(signed_in, stranger)
    lived = counts()

    answer = signed_in.client.delete(URL)

    after = counts()
    with diglot.connect() as connection:
        table = auth.audit_log
        last = connection.execute(sa.select(table).order_by(table.c.id.desc()).limit(1)).one()
        addresses = connection.scalars(sa.select(auth.login_attempts.c.user_id)).all()
    assert (issued.status_code, answer.status_code) == (201, 204)
    assert all(lived[name] > before[name] for name in ("backup_codes", "bootstrap_tokens", "email_challenges"))
    assert {name: after[name] for name in ("backup_codes", "bootstrap_tokens", "email_challenges")} == {
        "backup_codes": 0,
        "bootstrap_tokens": 0,
        "email_challenges": 0,
    }
    assert after["webauthn_challenges"] == 0
    assert (after["users"], after["webauthn_credentials"], after["customer_sessions"]) == (1, 1, 1)
    assert set(addresses) == {None}
    assert (last.event, last.user_id, last.ip_address, last.detail, last.actor) == (
        "account_deleted", None, None, None, None,
    )  # fmt: skip


def test_account_deletion_takes_nothing_of_anybody_else(
    signed_in: Person, other: Person, codes: list[str], stranger: Client
) -> None:
    """The other user's sessions, passkeys, codes and events are what they were."""
    _live(signed_in, stranger)
    lists = ("sessions", "passkeys", "backup-codes", "events")
    before = [signed_in.client.get(f"/api/auth/{what}").json() for what in lists]

    other.client.delete(URL)

    assert [signed_in.client.get(f"/api/auth/{what}").json() for what in lists] == before


def test_account_deletion_leaves_the_address_free(signed_in: Person, stranger: Client) -> None:
    """Who has left can come back, as somebody new."""
    old = signed_in.client.get("/api/auth/session").json()["user"]["id"]
    signed_in.client.delete(URL)

    registered = signed_in.register()

    assert registered.status_code == 201
    assert registered.json()["user"]["id"] != old


@pytest.fixture
def caller(signed_in: Person) -> Caller:
    """The signed-in user, as services see them."""
    found = signed_in.client.get("/api/auth/session").json()
    return Caller(UUID(found["user"]["id"]), UUID(found["session"]["id"]), is_admin=False)


ORIGIN = Origin("192.0.2.1", "", "a-request")


def test_account_deletion_calls_the_erasers_in_its_transaction(
    signed_in: Person, caller: Caller, diglot: Diglot, clock: ManualClock
) -> None:
    """Each eraser is told who leaves, while the user is still there, on one connection."""
    seen: list[tuple[UUID, str, bool]] = []

    def erase(connection: Connection, *, user_id: UUID, email: str) -> None:
        seen.append((user_id, email, UserRepository(connection).get(user_id) is not None))

    AccountService(Database(diglot.engine), clock, erasers=(erase, erase)).delete_account(caller, ORIGIN)

    assert seen == [(caller.user_id, signed_in.email, True)] * 2


def test_account_deletion_is_undone_when_an_eraser_fails(
    signed_in: Person, caller: Caller, diglot: Diglot, clock: ManualClock
) -> None:
    """Nothing is half deleted: the user stays when another domain cannot let go."""

    def erase(connection: Connection, *, user_id: UUID, email: str) -> None:
        AuditRepository(connection).add(ORIGIN.event("half", user_id, at=clock()))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        AccountService(Database(diglot.engine), clock, erasers=(erase,)).delete_account(caller, ORIGIN)

    events = signed_in.client.get("/api/auth/events").json()["events"]
    assert [one["event"] for one in events] == ["user_registered"]


def test_account_that_is_gone_cannot_be_deleted(
    signed_in: Person, caller: Caller, diglot: Diglot, clock: ManualClock
) -> None:
    """Of two deletions the second finds nobody."""
    signed_in.client.delete(URL)

    with pytest.raises(Unauthorized):
        AccountService(Database(diglot.engine), clock).delete_account(caller, ORIGIN)


def test_account_deletion_reaches_the_other_domains(signed_in: Person, caller: Caller, diglot: Diglot) -> None:
    """Contact, tickets with their messages, mapped addresses, and mail to and from these go as well."""
    mapped = "ada@home.example.com"
    ticket = {"id": UUID(int=1), "user_id": caller.user_id, "requester_email": signed_in.email, "subject": "Help"}
    contact = {"email": signed_in.email, "source": "site", "opted_out": False, "created_at": EPOCH}
    mail = {"message_id": "1", "to_email": "help@example.com", "subject": "Help", "payload": {}}
    sent = {"message_id": "2", "recipient": mapped, "message_stream": "outbound", "payload": {}}
    message = {"ticket_id": UUID(int=1), "direction": "inbound", "body": "Help", "created_at": EPOCH}
    rows: dict[sa.Table, dict[str, Any]] = {
        support.marketing_contacts: contact,
        support.support_tickets: {**ticket, "status": "open", "created_at": EPOCH, "updated_at": EPOCH},
        support.support_messages: message,
        support.support_customer_map: {"email": mapped, "user_id": caller.user_id, "created_at": EPOCH},
        support.postmark_inbound_messages: {**mail, "from_email": mapped, "received_at": EPOCH},
        support.postmark_deliveries: {**sent, "delivered_at": EPOCH, "received_at": EPOCH},
    }
    with diglot.connect() as connection:
        added = [connection.execute(sa.insert(table).values(row)).rowcount for table, row in rows.items()]

    answer = signed_in.client.delete(URL)

    with diglot.connect() as connection:
        left = [connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in rows]
    assert (answer.status_code, added, left) == (204, [1] * 6, [0] * 6)
