"""Tickets, their messages, and the customer map; the connection is somebody else's to commit."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.ordering import bytewise
from backend_v2.db.tables import support
from backend_v2.db.upsert import upsert
from backend_v2.support.records import Mapping, Message, NewMessage, Ticket

_TICKETS = support.support_tickets
_MESSAGES = support.support_messages
_MAP = support.support_customer_map
_MAPPING = [_MAP.c[name] for name in Mapping.__dataclass_fields__]


class TicketRepository:
    """The table `support_tickets`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, ticket: Ticket) -> None:
        """Insert a ticket."""
        self._connection.execute(sa.insert(_TICKETS).values(asdict(ticket)))

    def get(self, ticket_id: UUID) -> Ticket | None:
        """Return the ticket with this id."""
        return self._one(sa.select(_TICKETS).where(_TICKETS.c.id == ticket_id))

    def lock(self, ticket_id: UUID) -> Ticket | None:
        """Return a ticket as it is now, and make others that lock it wait; a user is locked before a ticket."""
        statement = sa.select(_TICKETS).where(_TICKETS.c.id == ticket_id).with_for_update()
        row = self._connection.execute(statement).first()
        return None if row is None else Ticket(**row._mapping)

    def of_user(
        self, user_id: UUID, *, status: str | None, limit: int, before: tuple[datetime, UUID] | None = None
    ) -> list[Ticket]:
        """Return a user's tickets, the newest first; `before` is the last one of the page before."""
        statement = sa.select(_TICKETS).where(_TICKETS.c.user_id == user_id)
        if status is not None:
            statement = statement.where(_TICKETS.c.status == status)
        if before is not None:
            statement = statement.where(sa.tuple_(_TICKETS.c.created_at, _TICKETS.c.id) < _key(before))
        return self._all(statement.order_by(_TICKETS.c.created_at.desc(), _TICKETS.c.id.desc()).limit(limit))

    def queue(self, *, status: str | None, limit: int, after: tuple[datetime, UUID] | None = None) -> list[Ticket]:
        """Return everybody's tickets, the oldest first; `after` is the last one of the page before.

        status: None for all that are not closed.
        """
        chosen = _TICKETS.c.status != "closed" if status is None else _TICKETS.c.status == status
        statement = sa.select(_TICKETS).where(chosen)
        if after is not None:
            statement = statement.where(sa.tuple_(_TICKETS.c.created_at, _TICKETS.c.id) > _key(after))
        return self._all(statement.order_by(_TICKETS.c.created_at, _TICKETS.c.id).limit(limit))

    def set_status(self, ticket_id: UUID, status: str, *, at: datetime) -> Ticket | None:
        """Set a ticket's status and the instant of its last change; return it, or None when there is no such."""
        statement = sa.update(_TICKETS).where(_TICKETS.c.id == ticket_id).values(status=status, updated_at=at)
        return self._one(statement.returning(_TICKETS))

    def thread(
        self, *, mail_ids: Sequence[str], ticket_id: UUID | None, sender: str, sender_id: UUID | None
    ) -> UUID | None:
        """Return the newest of the sender's tickets that a mail continues.

        mail_ids: of the mails that it answers. ticket_id: the ticket that it names. The ticket has to be of this
        address, or of this user.
        """
        answered = sa.select(_MESSAGES.c.ticket_id).where(_MESSAGES.c.provider_message_id.in_(mail_ids))
        continued: sa.ColumnElement[bool] = _TICKETS.c.id.in_(answered)
        if ticket_id is not None:
            continued |= _TICKETS.c.id == ticket_id
        theirs: sa.ColumnElement[bool] = _TICKETS.c.requester_email == sender
        if sender_id is not None:
            theirs |= _TICKETS.c.user_id == sender_id
        statement = sa.select(_TICKETS).where(continued, theirs)
        found = self._one(statement.order_by(_TICKETS.c.created_at.desc(), _TICKETS.c.id.desc()).limit(1))
        return None if found is None else found.id

    def _one(self, statement: Any) -> Ticket | None:
        row = self._connection.execute(statement).first()
        return None if row is None else Ticket(**row._mapping)

    def _all(self, statement: Any) -> list[Ticket]:
        return [Ticket(**row._mapping) for row in self._connection.execute(statement)]


class SupportMessageRepository:
    """The table `support_messages`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: NewMessage) -> Message:
        """Insert a message and return it as stored: without its provider id when another message has that already."""
        statement = upsert(self._connection, _MESSAGES)
        statement = statement.on_conflict_do_nothing(index_elements=["provider_message_id"]).returning(*_MESSAGES.c)
        row = self._connection.execute(statement.values(asdict(message))).first()
        if row is None:
            row = self._connection.execute(statement.values(asdict(replace(message, provider_message_id=None)))).one()
        return Message(**row._mapping)

    def page(self, ticket_id: UUID, *, limit: int, after: int | None = None) -> list[Message]:
        """Return a ticket's messages, the oldest first; `after` is the id of the last one of the page before."""
        statement = sa.select(_MESSAGES).where(_MESSAGES.c.ticket_id == ticket_id)
        if after is not None:
            statement = statement.where(_MESSAGES.c.id > after)
        statement = statement.order_by(_MESSAGES.c.id).limit(limit)
        return [Message(**row._mapping) for row in self._connection.execute(statement)]

    def newest_inbound(self, ticket_id: UUID) -> int | None:
        """Return the id of the newest message that came from the requester."""
        statement = sa.select(sa.func.max(_MESSAGES.c.id)).where(*_inbound(ticket_id))
        newest: int | None = self._connection.scalar(statement)
        return newest

    def newest_mail(self, ticket_id: UUID) -> str | None:
        """Return the Message-ID of the newest mail that came from the requester."""
        statement = sa.select(_MESSAGES.c.provider_message_id).where(
            *_inbound(ticket_id), _MESSAGES.c.provider_message_id.is_not(None)
        )
        return self._connection.scalar(statement.order_by(_MESSAGES.c.id.desc()).limit(1))


class CustomerMapRepository:
    """The table `support_customer_map`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, email: str) -> Mapping | None:
        """Return what is said of an address, in lower case."""
        return self._one(sa.select(*_MAPPING).where(_MAP.c.email == email))

    def move(self, email: str, user_id: UUID) -> Mapping | None:
        """Give an address that is in the map to a user; None when it is not in the map."""
        statement = sa.update(_MAP).where(_MAP.c.email == email).values(user_id=user_id)
        return self._one(statement.returning(*_MAPPING))

    def save(self, mapping: Mapping) -> Mapping:
        """Put an address into the map; one that is there already moves to the user, and keeps its instant."""
        statement = upsert(self._connection, _MAP).values(asdict(mapping))
        statement = statement.on_conflict_do_update(index_elements=["email"], set_={"user_id": mapping.user_id})
        return Mapping(**self._connection.execute(statement.returning(*_MAPPING)).one()._mapping)

    def page(self, *, limit: int, after: str | None = None) -> list[Mapping]:
        """Return the map in order of the addresses; `after` is the last one of the page before."""
        statement = sa.select(*_MAPPING)
        if after is not None:
            statement = statement.where(bytewise(_MAP.c.email) > after)
        statement = statement.order_by(bytewise(_MAP.c.email)).limit(limit)
        return [Mapping(**row._mapping) for row in self._connection.execute(statement)]

    def delete(self, email: str) -> Mapping | None:
        """Take an address out of the map; return what was said of it."""
        return self._one(sa.delete(_MAP).where(_MAP.c.email == email).returning(*_MAPPING))

    def _one(self, statement: Any) -> Mapping | None:
        row = self._connection.execute(statement).first()
        return None if row is None else Mapping(**row._mapping)


def erase(connection: Connection, *, user_id: UUID, email: str) -> None:
    """Delete what support keeps of a user: their tickets with all messages, and what the map says of them.

    A ticket of another user stays, even when it came from this address.
    """
    unowned = _TICKETS.c.user_id.is_(None) & (_TICKETS.c.requester_email == email)
    connection.execute(sa.delete(_TICKETS).where((_TICKETS.c.user_id == user_id) | unowned))
    connection.execute(sa.delete(_MAP).where((_MAP.c.user_id == user_id) | (_MAP.c.email == email)))


def _inbound(ticket_id: UUID) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return _MESSAGES.c.ticket_id == ticket_id, _MESSAGES.c.direction == "inbound"


def _key(position: tuple[datetime, UUID]) -> Any:
    at, ticket_id = position
    return sa.tuple_(sa.literal(at, _TICKETS.c.created_at.type), sa.literal(ticket_id, _TICKETS.c.id.type))
