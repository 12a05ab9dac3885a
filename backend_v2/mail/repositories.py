"""Mail that came in, and deliveries of mail that went out; the connection is somebody else's to commit."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.tables import support
from backend_v2.db.upsert import upsert
from backend_v2.mail.records import Delivery, InboundMail, StoredDelivery, StoredInboundMail

_INBOUND = support.postmark_inbound_messages
_DELIVERIES = support.postmark_deliveries
# The payload stays out of lists: a page of mails would be many megabytes.
_LISTED_INBOUND = [_INBOUND.c[name] for name in StoredInboundMail.__dataclass_fields__]
_LISTED_DELIVERIES = [_DELIVERIES.c[name] for name in StoredDelivery.__dataclass_fields__]

Position = tuple[datetime, int]
"""Where a page ends: when the last row came, and its id."""


class InboundMailRepository:
    """The table `postmark_inbound_messages`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, mail: InboundMail, *, at: datetime) -> int | None:
        """Insert a mail and return its row's id; None, and no change, when it is there already.

        Of two transactions that insert one mail at once the second waits for the first, and finds it there.
        """
        statement = upsert(self._connection, _INBOUND).values(
            message_id=mail.message_id,
            from_email=mail.sender,
            to_email=mail.recipient,
            subject=mail.subject,
            payload=mail.payload,
            ticket_id=None,
            received_at=at,
        )
        statement = statement.on_conflict_do_nothing(index_elements=["message_id"])
        number: int | None = self._connection.scalar(statement.returning(_INBOUND.c.id))
        return number

    def find(self, message_id: str) -> StoredInboundMail | None:
        """Return the mail with this id of Postmark's."""
        row = self._connection.execute(sa.select(*_LISTED_INBOUND).where(_INBOUND.c.message_id == message_id)).first()
        return None if row is None else StoredInboundMail(**row._mapping)

    def link(self, number: int, ticket_id: UUID) -> None:
        """Note which ticket a mail opened or continued."""
        self._connection.execute(sa.update(_INBOUND).where(_INBOUND.c.id == number).values(ticket_id=ticket_id))

    def page(self, *, limit: int, before: Position | None = None) -> list[StoredInboundMail]:
        """Return mails, the newest first; `before` is the last one of the page before."""
        statement = _newest_first(sa.select(*_LISTED_INBOUND), _INBOUND, before).limit(limit)
        return [StoredInboundMail(**row._mapping) for row in self._connection.execute(statement)]


class DeliveryRepository:
    """The table `postmark_deliveries`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, delivery: Delivery, *, at: datetime) -> StoredDelivery | None:
        """Insert a delivery and return it as stored; None, and no change, when it is there already."""
        statement = upsert(self._connection, _DELIVERIES).values(**asdict(delivery), received_at=at)
        statement = statement.on_conflict_do_nothing(index_elements=["message_id", "recipient"])
        row = self._connection.execute(statement.returning(*_LISTED_DELIVERIES)).first()
        return None if row is None else StoredDelivery(**row._mapping)

    def find(self, message_id: str, recipient: str) -> StoredDelivery | None:
        """Return the delivery of a mail to a recipient, in lower case."""
        statement = sa.select(*_LISTED_DELIVERIES).where(
            _DELIVERIES.c.message_id == message_id, _DELIVERIES.c.recipient == recipient
        )
        row = self._connection.execute(statement).first()
        return None if row is None else StoredDelivery(**row._mapping)

    def page(self, *, limit: int, before: Position | None = None) -> list[StoredDelivery]:
        """Return deliveries, the newest first; `before` is the last one of the page before."""
        statement = _newest_first(sa.select(*_LISTED_DELIVERIES), _DELIVERIES, before).limit(limit)
        return [StoredDelivery(**row._mapping) for row in self._connection.execute(statement)]


def erase(connection: Connection, *, user_id: UUID, email: str) -> None:
    """Delete what mail keeps of a user: what they sent, what opened or continued their tickets, what reached them.

    Their addresses are their own and those that the customer map gives them, so that this comes before support
    erases what it keeps.
    """
    mapped = sa.select(support.support_customer_map.c.email).where(support.support_customer_map.c.user_id == user_id)
    tickets = sa.select(support.support_tickets.c.id).where(support.support_tickets.c.user_id == user_id)
    sent = (_INBOUND.c.from_email == email) | _INBOUND.c.from_email.in_(mapped) | _INBOUND.c.ticket_id.in_(tickets)
    connection.execute(sa.delete(_INBOUND).where(sent))
    reached = (_DELIVERIES.c.recipient == email) | _DELIVERIES.c.recipient.in_(mapped)
    connection.execute(sa.delete(_DELIVERIES).where(reached))


def _newest_first(statement: Any, table: sa.Table, before: Position | None) -> Any:
    if before is not None:
        at, number = before
        key = sa.tuple_(sa.literal(at, table.c.received_at.type), sa.literal(number, table.c.id.type))
        statement = statement.where(sa.tuple_(table.c.received_at, table.c.id) < key)
    return statement.order_by(table.c.received_at.desc(), table.c.id.desc())
