"""Support, mail and the status page: whatever the API lets through, both dialects do the same with it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from pydantic import ValidationError
from sqlalchemy import Engine

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.db.database import Database
from backend_v2.mail.inbound_mail import answered, body_of, subject_of
from backend_v2.mail.postmark_delivery_service import PostmarkDeliveryService
from backend_v2.mail.postmark_inbound_service import PostmarkInboundService
from backend_v2.mail.records import InboundMail
from backend_v2.mail.repositories import DeliveryRepository, InboundMailRepository, erase as erase_mail
from backend_v2.mail.schemas import DeliveryIn, InboundIn
from backend_v2.status.repositories import StatusEventRepository
from backend_v2.status.schemas import StatusEventIn
from backend_v2.status.status_service import StatusService
from backend_v2.support.records import Mapping, NewMessage, Ticket
from backend_v2.support.repositories import (
    CustomerMapRepository,
    SupportMessageRepository,
    TicketRepository,
    erase as erase_support,
)
from diglot.differential import Known, Lockstep, differential, operation

NOW = st.integers(0, 2).map(lambda day: datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day))
"""The service's clock."""
IDS = st.integers(1, 3).map(lambda number: UUID(int=number))
EMAILS = st.sampled_from(("a@x", "a_b@x", "a%b@x", "ab@x", "a.b/c@x", "a'b@x"))
"""`Email`: in lower case."""
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=20)
"""`Prose`, `Subject`: without NUL and halves of surrogate pairs."""
MAIL_IDS = st.sampled_from(("m1", "m2", "M1", "m%"))
"""`inbound_mail.mail_id`: printable ASCII."""
STATUSES = st.sampled_from(("open", "pending", "closed"))
USERS = st.builds(
    User,
    id=IDS,
    user_handle=st.binary(min_size=1, max_size=4),
    email=EMAILS,
    display_name=st.just("x"),
    is_admin=st.just(False),
    suspended_at=st.none(),
    created_at=NOW,
)
NUMBERS = [
    Known(f"table {table}: value at [].id", reason="An insert that finds its row there takes a number on Postgres.")
    for table in ("support_messages", "support_customer_map", "postmark_inbound_messages", "postmark_deliveries")
]
"""Services ask first, so that no number is lost; these are repositories, asked for the same twice."""


class Clock:
    """The service's clock, which stands still."""

    def __call__(self) -> datetime:
        """Return the instant."""
        return datetime(2024, 1, 1, tzinfo=UTC)


def open_ticket(engine: Engine, ticket: Ticket, owner: UUID | None) -> bool:
    """Open a ticket of a user, if there is such a user and no such ticket."""
    with Database(engine).connect() as connection:
        tickets = TicketRepository(connection)
        known = owner is None or UserRepository(connection).lock(owner) is not None
        if not known or tickets.get(ticket.id) is not None:
            return False
        tickets.add(Ticket(**{**ticket.__dict__, "user_id": owner}))
    return True


def say(engine: Engine, message: NewMessage) -> Any:
    """Add a message, if there is its ticket; return it without its number."""
    with Database(engine).connect() as connection:
        if TicketRepository(connection).lock(message.ticket_id) is None:
            return None
        stored = SupportMessageRepository(connection).add(message)
        return {name: value for name, value in stored.__dict__.items() if name != "id"}


def talk(engine: Engine, ticket_id: UUID) -> Any:
    """Return what was said in a ticket, in order, and the newest mail of the requester's."""
    with Database(engine).connect() as connection:
        messages = SupportMessageRepository(connection)
        said = [(one.direction, one.body, one.provider_message_id) for one in messages.page(ticket_id, limit=9)]
        return said, messages.newest_mail(ticket_id), messages.newest_inbound(ticket_id) is None


def map_address(engine: Engine, mapping: Mapping) -> Mapping | None:
    """Put an address into the map, if there is such a user."""
    with Database(engine).connect() as connection:
        if UserRepository(connection).lock(mapping.user_id) is None:
            return None
        return CustomerMapRepository(connection).save(mapping)


TICKETS = st.builds(
    Ticket,
    id=IDS,
    user_id=st.none(),
    requester_email=EMAILS,
    subject=TEXTS,
    status=STATUSES,
    created_at=NOW,
    updated_at=NOW,
)
MESSAGES = st.builds(
    NewMessage,
    ticket_id=IDS,
    author_id=st.none(),
    direction=st.sampled_from(("inbound", "outbound")),
    body=TEXTS,
    provider_message_id=st.none() | MAIL_IDS,
    in_reply_to=st.none() | MAIL_IDS,
    created_at=NOW,
)
POSITIONS = st.none() | st.tuples(NOW, IDS)


def test_tickets_are_kept_and_found_alike(diglot_lockstep: Lockstep) -> None:
    """Any tickets and messages are listed, threaded, changed and erased alike."""
    agreement = differential(
        diglot_lockstep,
        operation(UserRepository.add, user=USERS),
        operation(open_ticket, ticket=TICKETS, owner=st.none() | IDS),
        operation(say, message=MESSAGES),
        operation(talk, ticket_id=IDS),
        operation(TicketRepository.set_status, ticket_id=IDS, status=STATUSES, at=NOW),
        operation(
            TicketRepository.of_user,
            user_id=IDS,
            status=st.none() | STATUSES,
            limit=st.integers(1, 3),
            before=POSITIONS,
        ),
        operation(TicketRepository.queue, status=st.none() | STATUSES, limit=st.integers(1, 3), after=POSITIONS),
        operation(
            TicketRepository.thread,
            mail_ids=st.lists(MAIL_IDS, max_size=2),
            ticket_id=st.none() | IDS,
            sender=EMAILS,
            sender_id=st.none() | IDS,
        ),
        operation(erase_support, user_id=IDS, email=EMAILS),
        known=NUMBERS,
    )

    assert agreement.examples >= 100


def test_customer_map_is_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any addresses are mapped, moved, listed in one order, and erased alike."""
    agreement = differential(
        diglot_lockstep,
        operation(UserRepository.add, user=USERS),
        operation(map_address, mapping=st.builds(Mapping, email=EMAILS, user_id=IDS, created_at=NOW)),
        operation(CustomerMapRepository.page, limit=st.integers(1, 3), after=st.none() | EMAILS),
        operation(CustomerMapRepository.find, email=EMAILS),
        operation(CustomerMapRepository.delete, email=EMAILS),
        operation(erase_support, user_id=IDS, email=EMAILS),
        known=NUMBERS,
    )

    assert agreement.examples >= 100


HOSTILE = st.text(max_size=30) | st.sampled_from(("\0", "\ud800", "é" * 300, "", "<a@b>", "Re: \U0001f600"))
"""Any text, that which does not fit too: `InboundIn` refuses it on both dialects alike."""
MAILS = st.fixed_dictionaries(
    {
        "MessageID": st.sampled_from(("1", "2", "x" * 100, "x" * 101)) | HOSTILE,
        "FromFull": st.fixed_dictionaries({"Email": EMAILS | st.sampled_from(("A@X", "İ@x", "a@x,b@x")) | HOSTILE}),
        "Subject": HOSTILE,
        "TextBody": HOSTILE | st.none(),
        "Headers": st.lists(
            st.fixed_dictionaries(
                {
                    "Name": st.sampled_from(("Message-ID", "In-Reply-To", "references", "Auto-Submitted")),
                    "Value": MAIL_IDS.map(lambda one: f"<{one}>") | HOSTILE,
                }
            ),
            max_size=3,
        ),
    },
    optional={"HtmlBody": HOSTILE, "StrippedTextReply": HOSTILE, "Attachments": st.just([{"Name": "a"}])},
)
DELIVERIES = st.fixed_dictionaries(
    {
        "RecordType": st.just("Delivery"),
        "MessageID": st.sampled_from(("1", "2")) | HOSTILE,
        "Recipient": EMAILS | st.sampled_from(("A@X", "İ@x")) | HOSTILE,
        "DeliveredAt": st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat) | HOSTILE,
    },
    optional={
        "Tag": HOSTILE | st.none(),
        "Metadata": st.dictionaries(HOSTILE, HOSTILE | st.integers(-(2**64), 2**64), max_size=2),
    },
)


def receive(engine: Engine, body: dict[str, Any]) -> Any:
    """Do what the inbound webhook does."""
    try:
        mail = InboundIn.model_validate(body).mail()
    except ValidationError:
        return "refused"
    return PostmarkInboundService(Database(engine), Clock()).receive(mail), said(mail)


def said(mail: InboundMail) -> Any:
    """Return what the mail is taken to say."""
    return subject_of(mail), body_of(mail), answered(mail)


def deliver(engine: Engine, body: dict[str, Any]) -> Any:
    """Do what the delivery webhook does."""
    try:
        delivery = DeliveryIn.model_validate(body).delivery()
    except ValidationError:
        return "refused"
    return PostmarkDeliveryService(Database(engine), Clock()).receive(delivery)


def queue(engine: Engine) -> Any:
    """Return what the queue says, without ids, which nobody chose."""
    with Database(engine).connect() as connection:
        found = TicketRepository(connection).queue(status=None, limit=50)
        return sorted((one.requester_email, one.subject, one.status, str(one.user_id)) for one in found)


def test_deliveries_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Anything that is told as a delivery is refused alike, or stored once and listed alike."""
    agreement = differential(
        diglot_lockstep,
        operation(deliver, body=DELIVERIES),
        operation(DeliveryRepository.page, limit=st.integers(1, 3)),
        operation(DeliveryRepository.find, message_id=st.sampled_from("12"), recipient=EMAILS),
        operation(erase_mail, user_id=IDS, email=EMAILS),
        known=NUMBERS,
    )

    assert agreement.examples >= 100


def test_inbound_mail_is_taken_alike(diglot_lockstep: Lockstep) -> None:
    """Anything that is told as a mail is refused alike, or stored once, and opens or continues the same tickets."""
    agreement = differential(
        diglot_lockstep,
        operation(UserRepository.add, user=USERS),
        operation(receive, body=MAILS),
        operation(queue),
        operation(InboundMailRepository.find, message_id=st.sampled_from("12")),
        known=NUMBERS,
    )

    assert agreement.examples >= 100


EVENTS = st.fixed_dictionaries(
    {
        "id": st.sampled_from(("e1", "E1", "e-1", "e_1", "e10")),
        "component": st.sampled_from(("Orders", "orders", "a.b", "ab", "Ü")) | HOSTILE,
        "status": st.sampled_from(("operational", "degraded", "major_outage", "fine")),
        "summary": HOSTILE,
        "occurred_at": NOW.map(datetime.isoformat) | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    }
)


def tell(engine: Engine, body: dict[str, Any]) -> Any:
    """Do what the status page's webhook does."""
    try:
        event = StatusEventIn.model_validate(body).event()
    except ValidationError:
        return "refused"
    return StatusService(Database(engine), Clock()).receive(event)


def test_status_is_told_and_read_alike(diglot_lockstep: Lockstep) -> None:
    """Any events, in any order, are refused alike, or make the same components as they are, and the same list."""
    agreement = differential(
        diglot_lockstep,
        operation(tell, body=EVENTS),
        operation(StatusEventRepository.current),
        operation(
            StatusEventRepository.page,
            component=st.none() | st.sampled_from(("Orders", "orders", "a.b")),
            limit=st.integers(1, 3),
            before=st.none() | st.tuples(NOW, st.sampled_from(("e1", "E1", "e-1", "e_1", "e10"))),
        ),
    )

    assert agreement.examples >= 100
