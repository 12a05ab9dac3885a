"""What administrators do with tickets: the queue, and answers that are mailed."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend_v2.app import create_app
from backend_v2.config import Config, MailConfig
from backend_v2.db.tables import support
from backend_v2.http.outgoing import WsgiTransport
from backend_v2.support.records import NewMessage
from backend_v2.support.repositories import SupportMessageRepository
from diglot.client import client_for
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH, ManualClock, Person
from tests.contract.support.conftest import QUEUE, TICKETS, open_ticket, open_tickets, read, told, write
from tests.standins.postmark import PostmarkStandIn


def _messages(diglot: Diglot) -> list[Any]:
    columns = support.support_messages.c
    with diglot.connect() as connection:
        rows = connection.execute(
            sa.select(columns.direction, columns.provider_message_id, columns.in_reply_to).order_by(columns.id)
        )
        return [tuple(row) for row in rows]


def test_answer_is_mailed_and_waits_for_the_requester(
    admin: Person,
    customer: Person,
    ticket: dict[str, Any],
    *,
    postmark: PostmarkStandIn,
    clock: ManualClock,
    diglot: Diglot,
) -> None:
    """An administrator's message goes to the requester by mail, is stored with Postmark's id, and sets pending."""
    clock.advance(minutes=5)

    answer = admin.client.post(f"{TICKETS}/{ticket['id']}/messages", json={"body": "It is a limit order."})

    now = clock().isoformat().replace("+00:00", "Z")
    (sent,) = postmark.sent
    assert answer.status_code == 201
    assert answer.json() == {"id": 2, "direction": "outbound", "body": "It is a limit order.", "created_at": now}
    assert sent == {
        "From": "raptor@example.com",
        "To": customer.email,
        "Subject": "Re: No fills",
        "TextBody": "It is a limit order.",
        "Tag": "support",
        "MessageStream": "outbound",
        "Headers": [],
    }
    found = read(customer, ticket)
    assert told(found) == [("inbound", "My order rests."), ("outbound", "It is a limit order.")]
    assert (found["status"], found["updated_at"]) == ("pending", now)
    assert _messages(diglot)[1] == ("outbound", "00000000-0000-0000-0000-000000000001", None)


@pytest.mark.parametrize("subject", ["Re: No fills", "RE: No fills"])
def test_answer_to_an_answer_says_so_once(
    admin: Person, customer: Person, postmark: PostmarkStandIn, subject: str
) -> None:
    """A subject that begins with Re: keeps it, and gets no second one."""
    opened = open_ticket(customer, subject)

    write(admin, opened, "Yes.")

    assert postmark.sent[0]["Subject"] == subject


def test_requester_who_writes_again_has_the_ticket_open(
    admin: Person, customer: Person, ticket: dict[str, Any]
) -> None:
    """After an answer the requester's next message opens the ticket again."""
    write(admin, ticket, "Does it work now?")
    before = read(customer, ticket)["status"]

    write(customer, ticket, "No.")

    assert [before, read(customer, ticket)["status"]] == ["pending", "open"]


def test_administrator_who_asks_is_a_requester(admin: Person, postmark: PostmarkStandIn) -> None:
    """In a ticket of their own an administrator's message is a requester's: nothing is mailed."""
    opened = open_ticket(admin)

    write(admin, opened, "More.")

    assert [direction for direction, _ in told(read(admin, opened))] == ["inbound", "inbound"]
    assert postmark.sent == []


@pytest.mark.parametrize("refusal", ["inactive", "down"])
def test_answer_that_cannot_be_mailed_is_not_stored(
    admin: Person, customer: Person, ticket: dict[str, Any], postmark: PostmarkStandIn, refusal: str
) -> None:
    """When Postmark refuses, or is down, the answer is 502, and the ticket is as it was; later it can be sent."""
    postmark.inactive.update([customer.email] * (refusal == "inactive"))
    postmark.script.extend([500] * (refusal == "down"))
    before = read(customer, ticket)

    answer = admin.client.post(f"{TICKETS}/{ticket['id']}/messages", json={"body": "A secret answer."})

    after = read(customer, ticket)
    postmark.inactive.clear()
    assert answer.status_code == 502
    assert "secret" not in answer.text
    assert after == before
    assert write(admin, ticket, "A secret answer.") == 201


def test_answer_without_mail_is_refused(
    admin: Person,
    ticket: dict[str, Any],
    *,
    diglot: Diglot,
    config: Config,
    postmark: PostmarkStandIn,
    clock: ManualClock,
) -> None:
    """An installation that cannot send mail yet says so with 503, and stores nothing."""
    app = create_app(
        diglot.engine,
        config=replace(config, mail=MailConfig()),
        clock=clock,
        mail_transport=WsgiTransport(app=postmark),
    )
    with client_for(app) as client:
        client.cookies.update(admin.client.cookies)

        answer = client.post(f"{TICKETS}/{ticket['id']}/messages", json={"body": "x"})

    assert answer.status_code == 503
    assert len(_messages(diglot)) == 1


def test_answer_does_not_hide_what_came_meanwhile(
    admin: Person,
    customer: Person,
    ticket: dict[str, Any],
    diglot: Diglot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the requester writes while an answer is being mailed was not answered: the ticket stays open."""
    meanwhile = NewMessage(
        ticket_id=UUID(ticket["id"]), author_id=None, direction="inbound", body="One more thing.", created_at=EPOCH
    )
    serve = PostmarkStandIn.__call__

    def serve_slowly(self: PostmarkStandIn, *args: Any) -> Any:
        with diglot.connect() as connection:
            SupportMessageRepository(connection).add(meanwhile)
        return serve(self, *args)

    monkeypatch.setattr(PostmarkStandIn, "__call__", serve_slowly)

    status = write(admin, ticket, "It is a limit order.")

    found = read(customer, ticket)
    assert status == 201
    assert [direction for direction, _ in told(found)] == ["inbound", "inbound", "outbound"]
    assert found["status"] == "open"


def test_answer_to_a_ticket_that_is_gone_meanwhile_is_not_found(
    admin: Person,
    customer: Person,
    ticket: dict[str, Any],
    diglot: Diglot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A ticket that is deleted while its answer is being mailed stays deleted."""
    serve = PostmarkStandIn.__call__

    def serve_slowly(self: PostmarkStandIn, *args: Any) -> Any:
        with diglot.connect() as connection:
            connection.execute(sa.delete(support.support_tickets))
        return serve(self, *args)

    monkeypatch.setattr(PostmarkStandIn, "__call__", serve_slowly)

    status = write(admin, ticket, "It is a limit order.")

    assert status == 404
    assert _messages(diglot) == []


def test_administrator_reads_and_closes_everybodys_tickets(
    admin: Person, customer: Person, ticket: dict[str, Any]
) -> None:
    """An administrator sees a customer's ticket as the customer does, and may close it; the log says who did."""
    seen = [read(person, ticket) for person in (admin, customer)]

    closed = admin.client.post(f"{TICKETS}/{ticket['id']}/close")

    admin_id = admin.client.get("/api/auth/session").json()["user"]["id"]
    events = admin.client.get(f"/api/admin/customers/{ticket['user_id']}/events").json()["events"]
    assert seen[0] == seen[1]
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")
    assert [(one["event"], one["actor"], one["detail"]) for one in events[:2]] == [
        ("ticket_closed", admin_id, {"ticket": ticket["id"]}),
        ("ticket_opened", None, {"ticket": ticket["id"]}),
    ]


def test_queue_has_what_waits_the_oldest_first(admin: Person, customer: Person, clock: ManualClock) -> None:
    """Everybody's tickets that are not closed are in the queue, in pages, whoever waits longest first."""
    people = (customer, admin, customer, customer)
    tickets = [ticket for person in people for ticket in open_tickets(person, clock, 1)]
    write(admin, tickets[2], "Answered.")
    admin.client.post(f"{TICKETS}/{tickets[0]['id']}/close")

    first = admin.client.get(QUEUE, params={"limit": 2}).json()
    second = admin.client.get(QUEUE, params={"limit": 2, "page_token": first["next_page_token"]}).json()

    assert [(one["id"], one["status"]) for one in (*first["tickets"], *second["tickets"])] == [
        (tickets[1]["id"], "open"),
        (tickets[2]["id"], "pending"),
        (tickets[3]["id"], "open"),
    ]
    assert len(first["tickets"]) == 2
    assert second["next_page_token"] is None


@pytest.mark.parametrize(("status", "subjects"), [("open", ["b"]), ("closed", ["a"]), ("pending", ["c"])])
def test_queue_of_one_status(
    admin: Person, customer: Person, clock: ManualClock, status: str, subjects: list[str]
) -> None:
    """Asked for one status the queue holds that one alone, the closed ones too."""
    tickets = {subject: open_ticket(customer, subject) for subject in "abc"}
    clock.advance(seconds=1)
    admin.client.post(f"{TICKETS}/{tickets['a']['id']}/close")
    write(admin, tickets["c"], "Answered.")

    found = admin.client.get(QUEUE, params={"status": status}).json()["tickets"]

    assert [one["subject"] for one in found] == subjects


def test_queue_is_closed_to_customers(signed_in: Person) -> None:
    """Who is no administrator does not see the queue."""
    assert signed_in.client.get(QUEUE).status_code == 403
