"""What a mail does to tickets: it opens one, continues one, or leaves them alone."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import support
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person
from tests.contract.mail.conftest import GUID, INBOUND, MAILS, Tell, mail
from tests.standins.postmark import PostmarkStandIn

FIRST = {"Message_ID": "<first@mail.example>"}
OURS = f"<{GUID.format(1)}@mtasv.net>"
"""The Message-ID of the first mail that the stand-in sends, as Postmark writes it."""


def _queue(admin: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin.client.get("/api/support/queue").json()["tickets"]
    return found


def _bodies(admin: Person, ticket: dict[str, Any]) -> list[str]:
    found = admin.client.get(f"/api/support/tickets/{ticket['id']}").json()
    return [one["body"] for one in found["messages"]]


def _answer(admin: Person, ticket: dict[str, Any]) -> None:
    answer = admin.client.post(f"/api/support/tickets/{ticket['id']}/messages", json={"body": "Ours."})
    assert answer.status_code == 201


def test_mail_of_a_stranger_opens_a_ticket_of_nobody(admin: Person, tell: Tell, clock: ManualClock) -> None:
    """A stranger's mail opens a ticket for their address, with what they wrote."""
    tell(INBOUND, mail(sender="Stranger@X.example"))

    (ticket,) = _queue(admin)
    assert ticket == {
        "id": ticket["id"],
        "user_id": None,
        "requester_email": "stranger@x.example",
        "subject": "No fills",
        "status": "open",
        "created_at": clock().isoformat().replace("+00:00", "Z"),
        "updated_at": clock().isoformat().replace("+00:00", "Z"),
    }
    assert _bodies(admin, ticket) == ["My order rests."]


@pytest.mark.parametrize("sender", ["EVE@example.com", "eve@work.example"])
def test_mail_of_a_customer_opens_a_ticket_of_theirs(admin: Person, other: Person, tell: Tell, sender: str) -> None:
    """A mail from a user's address, or from one that the map gives them, opens a ticket that they see, and logs it."""
    user_id = other.client.get("/api/auth/session").json()["user"]["id"]
    admin.client.put("/api/support/customer-map/eve@work.example", json={"user_id": user_id})

    tell(INBOUND, mail(sender=sender))

    (ticket,) = other.client.get("/api/support/tickets").json()["tickets"]
    event = other.client.get("/api/auth/events").json()["events"][0]
    assert (ticket["user_id"], ticket["requester_email"]) == (user_id, sender.lower())
    assert (event["event"], event["detail"]) == ("ticket_opened", {"ticket": ticket["id"]})


@pytest.mark.parametrize(
    "thread",
    [
        {"headers": {"In_Reply_To": OURS}},
        {"headers": {"References": f"<first@mail.example>\r\n {OURS}"}},
        {"headers": {"references": "<first@mail.example>"}},
        {"headers": {"In_Reply_To": OURS.upper()}},
    ],
    ids=str,
)
def test_answer_by_mail_continues_the_ticket(
    admin: Person, tell: Tell, postmark: PostmarkStandIn, thread: dict[str, Any]
) -> None:
    """A mail that answers one of ours, or one of theirs, is added to that ticket, which is open again."""
    tell(INBOUND, mail(1, headers=FIRST))
    (ticket,) = _queue(admin)
    _answer(admin, ticket)
    pending = _queue(admin)[0]["status"]

    tell(INBOUND, mail(2, Subject="Re: No fills", StrippedTextReply="Still.", TextBody="Still.\n> Ours.", **thread))

    (continued,) = _queue(admin)
    assert postmark.sent[0]["Headers"] == [
        {"Name": "In-Reply-To", "Value": "<first@mail.example>"},
        {"Name": "References", "Value": "<first@mail.example>"},
    ]
    assert (pending, continued["status"], continued["id"]) == ("pending", "open", ticket["id"])
    assert _bodies(admin, ticket) == ["My order rests.", "Ours.", "Still."]
    assert {one["ticket_id"] for one in admin.client.get(MAILS).json()["messages"]} == {ticket["id"]}


@pytest.mark.parametrize("where", ["mail", "recipient", "copy"])
@pytest.mark.parametrize("written", ["dashed", "hex"])
def test_mail_to_the_address_of_a_ticket_continues_it(admin: Person, tell: Tell, where: str, written: str) -> None:
    """A mail to `support+TICKET@` is added to that ticket, whichever of our addresses says so."""
    tell(INBOUND, mail(1))
    (ticket,) = _queue(admin)
    name = ticket["id"] if written == "dashed" else UUID(ticket["id"]).hex
    address = [{"Email": "a@x.example", "MailboxHash": "no"}, {"Email": f"s+{name}@x.example", "MailboxHash": name}]
    said = {"mail": {"MailboxHash": name}, "recipient": {"ToFull": address}, "copy": {"CcFull": address}}

    tell(INBOUND, mail(2, **said[where]))

    assert _bodies(admin, ticket) == ["My order rests."] * 2


def test_mail_continues_a_closed_ticket_and_opens_it(admin: Person, tell: Tell) -> None:
    """Who answers after the ticket was closed has it open again."""
    tell(INBOUND, mail(1, headers=FIRST))
    (ticket,) = _queue(admin)
    admin.client.post(f"/api/support/tickets/{ticket['id']}/close")
    closed = _queue(admin)

    tell(INBOUND, mail(2, headers={"In_Reply_To": "<first@mail.example>"}))

    assert (closed, [one["id"] for one in _queue(admin)]) == ([], [ticket["id"]])


@pytest.mark.parametrize("how", ["header", "address"])
def test_mail_of_somebody_else_never_gets_into_a_ticket(admin: Person, other: Person, tell: Tell, how: str) -> None:
    """Who was forwarded a mail, or guesses a ticket, opens one of their own: nothing of it reaches the requester's."""
    tell(INBOUND, mail(1, headers=FIRST))
    (ticket,) = other.client.get("/api/support/tickets").json()["tickets"]
    said: dict[str, Any] = (
        {"MailboxHash": ticket["id"]} if how == "address" else {"headers": {"References": FIRST["Message_ID"]}}
    )

    tell(INBOUND, mail(2, sender="mallory@x.example", **said))

    assert len(_queue(admin)) == 2
    assert _bodies(admin, ticket) == ["My order rests."]
    assert len(other.client.get("/api/support/tickets").json()["tickets"]) == 1


def test_customer_continues_from_another_address_of_theirs(admin: Person, other: Person, tell: Tell) -> None:
    """A mail from an address that the map gives to the ticket's user continues the ticket."""
    user_id = other.client.get("/api/auth/session").json()["user"]["id"]
    admin.client.put("/api/support/customer-map/eve@work.example", json={"user_id": user_id})
    tell(INBOUND, mail(1, headers=FIRST))
    (ticket,) = _queue(admin)

    tell(INBOUND, mail(2, sender="eve@work.example", headers={"In_Reply_To": "<first@mail.example>"}))

    assert len(_bodies(admin, ticket)) == 2


def test_same_mail_by_two_of_our_addresses_is_one_message(admin: Person, tell: Tell) -> None:
    """A mail that comes twice with two ids of Postmark's and one Message-ID is stored twice, and asked once."""
    tell(INBOUND, mail(1, headers=FIRST))

    answer = tell(INBOUND, mail(2, OriginalRecipient="help@example.com", headers=FIRST))

    (ticket,) = _queue(admin)
    assert answer.json() == {"result": "stored"}
    assert _bodies(admin, ticket) == ["My order rests."]
    assert [one["ticket_id"] for one in admin.client.get(MAILS).json()["messages"]] == [ticket["id"]] * 2


def test_message_id_of_somebody_elses_mail_takes_nothing_away(admin: Person, tell: Tell) -> None:
    """Who copies another's Message-ID opens a ticket of their own, and the other's answers still find theirs."""
    tell(INBOUND, mail(1, headers=FIRST))
    tell(INBOUND, mail(2, sender="mallory@x.example", headers=FIRST))

    tell(INBOUND, mail(3, headers={"In_Reply_To": "<first@mail.example>"}))

    by_sender = {one["requester_email"]: len(_bodies(admin, one)) for one in _queue(admin)}
    assert by_sender == {"eve@example.com": 2, "mallory@x.example": 1}


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"auto_submitted": "Auto-Generated; owner=x"},
        {"Auto_Submitted": "auto-notified"},
        {"Precedence": "Bulk"},
        {"Precedence": "auto_reply"},
    ],
    ids=str,
)
def test_automatic_mail_is_stored_and_asks_nothing(admin: Person, tell: Tell, headers: dict[str, str]) -> None:
    """What a machine wrote opens no ticket, and wakes none, or two machines would never end; it is listed."""
    tell(INBOUND, mail(1, headers=FIRST))
    (ticket,) = _queue(admin)
    _answer(admin, ticket)

    answer = tell(INBOUND, mail(2, headers={**headers, "In_Reply_To": OURS}))

    assert answer.json() == {"result": "stored"}
    assert [one["status"] for one in _queue(admin)] == ["pending"]
    assert [one["ticket_id"] for one in admin.client.get(MAILS).json()["messages"]] == [None, ticket["id"]]


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "no"}, {"Auto_Submitted": ""}, {"Precedence": "first-class"}])
def test_mail_that_somebody_wrote_opens_a_ticket(admin: Person, tell: Tell, headers: dict[str, str]) -> None:
    """A header that says that it is not automatic says so."""
    tell(INBOUND, mail(headers=headers))

    assert len(_queue(admin)) == 1


@pytest.mark.parametrize(
    "sender", ["a@x.example,b@y.example", "a@x.example;b", "x", "a@b@c", '"a"@x.example', "a<b@x>"]
)
def test_mail_that_no_answer_could_reach_is_stored_and_asks_nothing(admin: Person, tell: Tell, sender: str) -> None:
    """A sender that is not one address opens no ticket: an answer would go to whom the mail's author likes."""
    answer = tell(INBOUND, mail(sender=sender))

    assert answer.json() == {"result": "stored"}
    assert _queue(admin) == []
    assert [one["from_email"] for one in admin.client.get(MAILS).json()["messages"]] == [sender]


def test_mail_keeps_what_it_answers(admin: Person, tell: Tell, diglot: Diglot) -> None:
    """The message keeps its own Message-ID, and the one that it answers, without brackets."""
    tell(INBOUND, mail(headers={**FIRST, "In_Reply_To": "<zero@mail.example>"}))

    columns = support.support_messages.c
    with diglot.connect() as connection:
        (row,) = connection.execute(sa.select(columns.provider_message_id, columns.in_reply_to))
    assert tuple(row) == ("first@mail.example", "zero@mail.example")
