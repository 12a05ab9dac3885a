"""The repositories of mail: what they keep, find, and leave alone."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.db.tables import support
from backend_v2.mail.records import Delivery, InboundMail
from backend_v2.mail.repositories import DeliveryRepository, InboundMailRepository, erase
from backend_v2.support.records import Mapping, Ticket
from backend_v2.support.repositories import CustomerMapRepository, TicketRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

ADA, EVE = UUID(int=1), UUID(int=2)
MAIL = InboundMail(
    message_id="m1",
    sender="ada@x.example",
    recipient="support@x.example",
    subject="s" * 998,
    payload={"TextBody": "é", "Headers": [{"Name": "X", "Value": ""}], "ServerID": 2**53},
)
DELIVERY = Delivery(
    message_id="m1",
    recipient="ada@x.example",
    message_stream="outbound",
    tag=None,
    delivered_at=EPOCH - timedelta(days=1),
    payload={"Metadata": {"user": "7"}},
)


def _user(connection: Connection, user_id: UUID, email: str) -> None:
    user = User(user_id, user_id.bytes, email, email, is_admin=False, suspended_at=None, created_at=EPOCH)
    assert UserRepository(connection).add(user)


def _ticket(number: int, user_id: UUID | None) -> Ticket:
    return Ticket(
        id=UUID(int=number),
        user_id=user_id,
        requester_email="x@x.example",
        subject="x",
        status="open",
        created_at=EPOCH,
        updated_at=EPOCH,
    )


def test_mail_is_added_once_and_linked(diglot: Diglot) -> None:
    """A mail is found by Postmark's id, with its ticket; a second one of that id is not stored."""
    with diglot.connect() as connection:
        TicketRepository(connection).add(_ticket(7, None))
        inbox = InboundMailRepository(connection)
        number = inbox.add(MAIL, at=EPOCH)
        second = inbox.add(replace(MAIL, subject="other"), at=EPOCH)
        inbox.link(number or 0, UUID(int=7))

    with diglot.connect() as connection:
        found = InboundMailRepository(connection).find("m1")
        payload = connection.scalar(sa.select(support.postmark_inbound_messages.c.payload))
        none = InboundMailRepository(connection).find("M1")

    assert (second, none) == (None, None)
    assert found is not None
    assert (found.id, found.subject, found.ticket_id) == (number, MAIL.subject, UUID(int=7))
    assert (found.from_email, found.to_email, found.received_at) == (MAIL.sender, MAIL.recipient, EPOCH)
    assert payload == MAIL.payload


def test_delivery_is_added_once_for_each_recipient(diglot: Diglot) -> None:
    """A delivery is found by mail and recipient; a second one of both is not stored."""
    with diglot.connect() as connection:
        deliveries = DeliveryRepository(connection)
        added = deliveries.add(DELIVERY, at=EPOCH)
        second = deliveries.add(replace(DELIVERY, tag="other"), at=EPOCH)
        other = deliveries.add(replace(DELIVERY, recipient="eve@x.example"), at=EPOCH)

    with diglot.connect() as connection:
        found = DeliveryRepository(connection).find("m1", "ada@x.example")
        payload = connection.scalar(sa.select(support.postmark_deliveries.c.payload).limit(1))
        none = DeliveryRepository(connection).find("m1", "Ada@x.example")

    assert (second, none) == (None, None)
    assert found == added
    assert other is not None
    assert added is not None
    assert (added.delivered_at, added.received_at, added.tag) == (DELIVERY.delivered_at, EPOCH, None)
    assert payload == DELIVERY.payload


def test_lists_have_one_order(diglot: Diglot) -> None:
    """The newest comes first, of one instant the later row, and pages go on where the one before ended."""
    instants = [EPOCH, EPOCH, EPOCH + timedelta(microseconds=1), EPOCH - timedelta(days=1)]
    with diglot.connect() as connection:
        inbox, deliveries = InboundMailRepository(connection), DeliveryRepository(connection)
        added = [
            (
                inbox.add(replace(MAIL, message_id=name), at=at),
                deliveries.add(replace(DELIVERY, message_id=name), at=at),
            )
            for name, at in zip("abcd", instants, strict=True)
        ]
        mails = inbox.page(limit=2)
        mails += inbox.page(limit=9, before=(mails[-1].received_at, mails[-1].id))
        arrived = deliveries.page(limit=2)
        arrived += deliveries.page(limit=9, before=(arrived[-1].received_at, arrived[-1].id))

    assert len(added) == 4
    assert [one.message_id for one in mails] == [one.message_id for one in arrived] == ["c", "b", "a", "d"]


def test_erase_takes_what_is_the_users_and_nothing_else(diglot: Diglot) -> None:
    """Gone are mails from the user's addresses or in their tickets, and deliveries to their addresses."""
    with diglot.connect() as connection:
        _user(connection, ADA, "ada@x.example")
        _user(connection, EVE, "eve@x.example")
        CustomerMapRepository(connection).save(Mapping(email="ada@work.example", user_id=ADA, created_at=EPOCH))
        CustomerMapRepository(connection).save(Mapping(email="eve@work.example", user_id=EVE, created_at=EPOCH))
        tickets = [TicketRepository(connection).add(one) for one in (_ticket(7, ADA), _ticket(8, EVE))]
        inbox, deliveries = InboundMailRepository(connection), DeliveryRepository(connection)
        senders = ["ada@x.example", "ada@work.example", "a@x.example", "eve@x.example", "eve@work.example"]
        mails = {one: inbox.add(replace(MAIL, message_id=one, sender=one), at=EPOCH) for one in senders}
        inbox.link(mails["a@x.example"] or 0, UUID(int=7))
        inbox.link(mails["eve@x.example"] or 0, UUID(int=8))
        sent = [deliveries.add(replace(DELIVERY, recipient=one), at=EPOCH) for one in senders]

        erase(connection, user_id=ADA, email="ada@x.example")

    with diglot.connect() as connection:
        kept = [one.from_email for one in InboundMailRepository(connection).page(limit=9)]
        arrived = [one.recipient for one in DeliveryRepository(connection).page(limit=9)]
    assert (len(tickets), len(sent)) == (2, 5)
    assert kept == ["eve@work.example", "eve@x.example"]
    assert arrived == ["eve@work.example", "eve@x.example", "a@x.example"]
