"""Open, answer and close tickets; answers are mailed to who asked."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.repositories import AuditRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict, NotFound, Unauthorized
from backend_v2.http.mailer import Mail, Mailer
from backend_v2.http.session_cookie import Caller
from backend_v2.support.records import Message, NewMessage, Ticket
from backend_v2.support.repositories import SupportMessageRepository, TicketRepository

_GONE = "there is no such ticket"


class SupportService:
    """Tickets, as their requesters and administrators see them."""

    def __init__(self, database: Database, mailer: Mailer, clock: Clock) -> None:
        self._database = database
        self._mailer = mailer
        self._clock = clock

    def open(self, caller: Caller, *, subject: str, body: str, origin: Origin) -> Ticket:
        """Open a ticket of the caller's, with its first message; raises Unauthorized when they have just gone."""
        now = self._clock()
        with self._database.connect() as connection:
            user = UserRepository(connection).lock(caller.user_id)
            if user is None:
                raise Unauthorized("the account is gone")
            ticket = Ticket(
                id=uuid4(),
                user_id=user.id,
                requester_email=user.email,
                subject=subject,
                status="open",
                created_at=now,
                updated_at=now,
            )
            TicketRepository(connection).add(ticket)
            _add(connection, ticket, body, author_id=user.id, at=now)
            self._log(connection, "ticket_opened", ticket, caller, origin)
        return ticket

    def page(
        self, caller: Caller, *, status: str | None, limit: int, before: tuple[datetime, UUID] | None
    ) -> tuple[list[Ticket], bool]:
        """Return one page of the caller's tickets, the newest first, and whether there are more."""
        with self._database.connect() as connection:
            found = TicketRepository(connection).of_user(caller.user_id, status=status, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit

    def queue(
        self, *, status: str | None, limit: int, after: tuple[datetime, UUID] | None
    ) -> tuple[list[Ticket], bool]:
        """Return one page of everybody's tickets, the oldest first, and whether there are more."""
        with self._database.connect() as connection:
            found = TicketRepository(connection).queue(status=status, limit=limit + 1, after=after)
        return found[:limit], len(found) > limit

    def read(
        self, caller: Caller, ticket_id: UUID, *, limit: int, after: int | None
    ) -> tuple[Ticket, list[Message], bool]:
        """Return a ticket, one page of its messages, the oldest first, and whether there are more; raises NotFound."""
        with self._database.connect() as connection:
            ticket = _visible(TicketRepository(connection).get(ticket_id), caller)
            found = SupportMessageRepository(connection).page(ticket_id, limit=limit + 1, after=after)
        return ticket, found[:limit], len(found) > limit

    def write(self, caller: Caller, ticket_id: UUID, body: str, origin: Origin) -> Message:
        """Add a message: the requester's opens the ticket again, an administrator's is mailed to the requester.

        Raises NotFound, and NotReady or UpstreamUnavailable when an answer cannot be mailed: then nothing of it
        is stored.
        """
        with self._database.connect() as connection:
            ticket = _visible(TicketRepository(connection).get(ticket_id), caller)
        if ticket.user_id == caller.user_id:
            return self._ask(caller, ticket_id, body)
        return self._answer(caller, ticket, body, origin)

    def close(self, caller: Caller, ticket_id: UUID, origin: Origin) -> Ticket:
        """Close a ticket; raises NotFound, and Conflict when it is closed already."""
        now = self._clock()
        with self._database.connect() as connection:
            tickets = TicketRepository(connection)
            if _visible(tickets.lock(ticket_id), caller).status == "closed":
                raise Conflict("the ticket is closed already")
            closed = _found(tickets.set_status(ticket_id, "closed", at=now))
            self._log(connection, "ticket_closed", closed, caller, origin)
        return closed

    def _ask(self, caller: Caller, ticket_id: UUID, body: str) -> Message:
        now = self._clock()
        with self._database.connect() as connection:
            UserRepository(connection).lock(caller.user_id)
            ticket = _visible(TicketRepository(connection).lock(ticket_id), caller)
            message = _add(connection, ticket, body, author_id=caller.user_id, at=now)
            TicketRepository(connection).set_status(ticket_id, "open", at=now)
        return message

    def _answer(self, caller: Caller, ticket: Ticket, body: str, origin: Origin) -> Message:
        """Mail an answer, while no transaction is open, and store it once Postmark has taken it.

        What the requester has written meanwhile was not answered, so that the ticket then stays open.
        """
        with self._database.connect() as connection:
            messages = SupportMessageRepository(connection)
            seen, mail_id = messages.newest_inbound(ticket.id), messages.newest_mail(ticket.id)
        provider_id = self._mailer.send(_mail(ticket, body, mail_id))
        now = self._clock()
        with self._database.connect() as connection:
            author = UserRepository(connection).lock(caller.user_id)
            current = _found(TicketRepository(connection).lock(ticket.id))
            waits = SupportMessageRepository(connection).newest_inbound(ticket.id) != seen
            message = _add(
                connection,
                current,
                body,
                direction="outbound",
                author_id=None if author is None else author.id,
                provider_message_id=provider_id,
                in_reply_to=mail_id,
                at=now,
            )
            TicketRepository(connection).set_status(ticket.id, "open" if waits else "pending", at=now)
            self._log(connection, "ticket_answered", current, caller, origin)
        return message

    def _log(self, connection: Connection, name: str, ticket: Ticket, caller: Caller, origin: Origin) -> None:
        event = origin.event(name, ticket.user_id, {"ticket": str(ticket.id)}, at=self._clock())
        actor = None if ticket.user_id == caller.user_id else str(caller.user_id)
        AuditRepository(connection).add(replace(event, actor=actor))


def _found(ticket: Ticket | None) -> Ticket:
    if ticket is None:
        raise NotFound(_GONE)
    return ticket


def _visible(ticket: Ticket | None, caller: Caller) -> Ticket:
    """Return the ticket when it is the caller's, or the caller an administrator; raises NotFound."""
    if ticket is None or not (caller.is_admin or ticket.user_id == caller.user_id):
        raise NotFound(_GONE)
    return ticket


def _add(
    connection: Connection,
    ticket: Ticket,
    body: str,
    *,
    author_id: UUID | None,
    at: datetime,
    direction: str = "inbound",
    provider_message_id: str | None = None,
    in_reply_to: str | None = None,
) -> Message:
    message = NewMessage(
        ticket_id=ticket.id,
        author_id=author_id,
        direction=direction,
        body=body,
        provider_message_id=provider_message_id,
        in_reply_to=in_reply_to,
        created_at=at,
    )
    return SupportMessageRepository(connection).add(message)


def _mail(ticket: Ticket, body: str, mail_id: str | None) -> Mail:
    """Return an answer as a mail; the headers keep it in the requester's thread."""
    headers = {} if mail_id is None else {"In-Reply-To": f"<{mail_id}>", "References": f"<{mail_id}>"}
    subject = ticket.subject if ticket.subject.lower().startswith("re:") else f"Re: {ticket.subject}"
    return Mail(to=ticket.requester_email, subject=subject, text=body, tag="support", headers=headers)
