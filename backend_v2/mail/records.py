"""Mail as Postmark reports it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class InboundMail:
    """A mail that came in.

    message_id: Postmark's. sender, recipient: addresses, in lower case. mailbox_hashes: what stood between `+` and
    `@` in our addresses. headers: names and values, in order. reply, text, html: what it says; reply is without
    what it quotes. payload: what is kept of Postmark's own words.
    """

    message_id: str
    sender: str
    recipient: str
    subject: str
    mailbox_hashes: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    reply: str | None = field(default=None, repr=False)
    text: str | None = field(default=None, repr=False)
    html: str | None = field(default=None, repr=False)
    payload: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class StoredInboundMail:
    """A mail that came in, as lists show it. ticket_id: the ticket that it opened or continued."""

    id: int
    message_id: str
    from_email: str
    to_email: str
    subject: str
    ticket_id: UUID | None
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """A mail of ours that arrived at one recipient's server. payload: what is kept of Postmark's own words."""

    message_id: str
    recipient: str
    message_stream: str
    tag: str | None
    delivered_at: datetime
    payload: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class StoredDelivery:
    """A delivery, as lists show it."""

    id: int
    message_id: str
    recipient: str
    message_stream: str
    tag: str | None
    delivered_at: datetime
    received_at: datetime
