"""What the routes of support take and give."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from backend_v2.http.fields import LINE, Closed, Id, Limit, PageToken, Prose, limit

Subject = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=LINE)]
"""One line of text that neither begins nor ends with a space."""

Status = Literal["open", "pending", "closed"]
"""`open` waits for us, `pending` for the requester, `closed` for nobody."""


class TicketIn(Closed):
    """A question, and its first message."""

    subject: Subject
    body: Prose


class TicketsIn(Closed):
    """Which tickets: those of one status or all; a page of at most limit."""

    status: Status | None = None
    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class QueueIn(Closed):
    """Which tickets: those of one status, or all that are not closed; a page of at most limit."""

    status: Status | None = None
    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class PageIn(Closed):
    """A page of at most limit."""

    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class MessageIn(Closed):
    """A message."""

    body: Prose


class MappingIn(Closed):
    """Whose an address is."""

    user_id: Id


class TicketOut(BaseModel):
    """A ticket. user_id: null for a stranger's. updated_at: when something last happened to it."""

    id: UUID
    user_id: UUID | None
    requester_email: str
    subject: str
    status: Status
    created_at: datetime
    updated_at: datetime


class TicketsOut(BaseModel):
    """A page of tickets, and the token for the next one, if there is one."""

    tickets: list[TicketOut]
    next_page_token: str | None


class MessageOut(BaseModel):
    """A message of a ticket. direction: `inbound` from the requester, `outbound` to them."""

    id: int
    direction: Literal["inbound", "outbound"]
    body: str
    created_at: datetime


class TicketInFullOut(TicketOut):
    """A ticket with a page of its messages, the oldest first, and the token for the next page, if there is one."""

    messages: list[MessageOut]
    next_page_token: str | None


class MappingOut(BaseModel):
    """Whose an address is. created_at: when it came into the map."""

    email: str
    user_id: UUID
    created_at: datetime


class MappingsOut(BaseModel):
    """A page of the map in order of the addresses, and the token for the next one, if there is one."""

    customers: list[MappingOut]
    next_page_token: str | None
