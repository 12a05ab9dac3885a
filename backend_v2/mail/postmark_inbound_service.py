"""Take in mail: store it once, and let it open a ticket or continue one."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from backend_v2.auth.records import Event
from backend_v2.auth.repositories import AuditRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.mail import inbound_mail
from backend_v2.mail.records import InboundMail, StoredInboundMail
from backend_v2.mail.repositories import InboundMailRepository, Position
from backend_v2.support.records import NewMessage, Ticket
from backend_v2.support.repositories import SupportMessageRepository, TicketRepository
from backend_v2.support.support_customer_map_service import user_of

ACTOR = "mail"
"""Who opened a ticket that nobody signed in for."""


class PostmarkInboundService:
    """Mail that came in."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def receive(self, mail: InboundMail) -> bool:
        """Store a mail with what it does to tickets; return False, and change nothing, when it came before."""
        now = self._clock()
        with self._database.connect() as connection:
            inbox = InboundMailRepository(connection)
            # Asked first, since an insert that conflicts uses up a number on Postgres.
            number = None if inbox.find(mail.message_id) else inbox.add(mail, at=now)
            if number is None:
                return False
            if inbound_mail.can_be_answered(mail) and not inbound_mail.is_automatic(mail):
                inbox.link(number, _file(connection, mail, now))
        return True

    def page(self, *, limit: int, before: Position | None) -> tuple[list[StoredInboundMail], bool]:
        """Return one page of mails, the newest first, and whether there are more."""
        with self._database.connect() as connection:
            found = InboundMailRepository(connection).page(limit=limit + 1, before=before)
        return found[:limit], len(found) > limit


def _file(connection: Connection, mail: InboundMail, now: datetime) -> UUID:
    """Return the ticket that the mail continued or opened.

    Whoever knows the id of one of our mails could forward it, so that a mail continues a ticket only when its
    sender is the ticket's requester, or an address of the ticket's user.
    """
    sender_id = _sender_id(connection, mail)
    messages, tickets = SupportMessageRepository(connection), TicketRepository(connection)
    own_id = inbound_mail.mail_id(mail)
    copied = tickets.thread(
        mail_ids=[own_id] if own_id else [], ticket_id=None, sender=mail.sender, sender_id=sender_id
    )
    if copied is not None:
        return copied  # the same mail, which came by two of our addresses
    thread = tickets.thread(
        mail_ids=inbound_mail.answered(mail),
        ticket_id=inbound_mail.named_ticket(mail),
        sender=mail.sender,
        sender_id=sender_id,
    )
    ticket = None if thread is None else tickets.lock(thread)
    if ticket is None:
        ticket = _open(connection, mail, sender_id, now)
    else:
        tickets.set_status(ticket.id, "open", at=now)
    message = NewMessage(
        ticket_id=ticket.id,
        author_id=sender_id,
        direction="inbound",
        body=inbound_mail.body_of(mail),
        provider_message_id=own_id,
        in_reply_to=inbound_mail.in_reply_to(mail),
        created_at=now,
    )
    messages.add(message)
    return ticket.id


def _sender_id(connection: Connection, mail: InboundMail) -> UUID | None:
    """Return whose the sender's address is; they are locked, so that they are not deleted meanwhile."""
    found = user_of(connection, mail.sender)
    user = None if found is None else UserRepository(connection).lock(found)
    return None if user is None else user.id


def _open(connection: Connection, mail: InboundMail, user_id: UUID | None, now: datetime) -> Ticket:
    ticket = Ticket(
        id=uuid4(),
        user_id=user_id,
        requester_email=mail.sender,
        subject=inbound_mail.subject_of(mail),
        status="open",
        created_at=now,
        updated_at=now,
    )
    TicketRepository(connection).add(ticket)
    AuditRepository(connection).add(Event(now, "ticket_opened", user_id, ACTOR, detail={"ticket": str(ticket.id)}))
    return ticket
