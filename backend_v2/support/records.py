"""What support is made of: tickets, their messages, and whose address is whose."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What somebody asks. user_id: None for a stranger's. requester_email: where answers go, in lower case.

    status: `open` waits for us, `pending` for the requester, `closed` for nobody.
    """

    id: UUID
    user_id: UUID | None
    requester_email: str
    subject: str
    status: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """A message of a ticket. direction: `inbound` from the requester, `outbound` to them.

    provider_message_id: of an inbound mail its Message-ID, without brackets; of an outbound one Postmark's id.
    in_reply_to: the Message-ID that it answers.
    """

    ticket_id: UUID
    author_id: UUID | None
    direction: str
    body: str = field(repr=False)
    provider_message_id: str | None = None
    in_reply_to: str | None = None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Message(NewMessage):
    """A message as it is stored. id: rises with each message."""

    id: int


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """Whose an address is, by an administrator's word. email: in lower case."""

    email: str
    user_id: UUID
    created_at: datetime
