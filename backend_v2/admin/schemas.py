"""What the routes for administrators take and give."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from backend_v2.http.fields import TEXT, Closed, Limit, PageToken, QueryFlag, limit

PartOfEmail = Annotated[
    str,
    StringConstraints(to_lower=True, min_length=1, max_length=254, pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~@-]+$"),
]
"""Some of the characters of an address, in any case."""

Reason = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=TEXT)]
"""Why, for the audit log: not all of it space."""


class CustomersIn(Closed):
    """Which customers: whose email has `query` in it, only suspended ones or only others; a page of at most limit."""

    query: PartOfEmail | None = None
    suspended: QueryFlag | None = None
    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class EventsIn(Closed):
    """A page of at most limit."""

    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class SuspendIn(Closed):
    """Why a customer is suspended."""

    reason: Reason


class CustomerOut(BaseModel):
    """A customer, or an administrator. suspended_at: null for one who may sign in."""

    id: UUID
    email: str
    display_name: str
    is_admin: bool
    suspended_at: datetime | None
    created_at: datetime


class CustomersOut(BaseModel):
    """A page of customers, the newest first, and the token for the next one, if there is one."""

    customers: list[CustomerOut]
    next_page_token: str | None


class CustomerInFullOut(CustomerOut):
    """A customer, and how much is theirs. open_tickets: those that are not closed."""

    passkeys: int
    live_sessions: int
    accounts: int
    open_tickets: int


class EventOut(BaseModel):
    """A line of the audit log. actor: the administrator's id, or where it was done; null for the customer's doing."""

    id: int
    occurred_at: datetime
    event: str
    actor: str | None
    ip_address: str | None
    request_id: str | None
    detail: dict[str, Any] | None


class EventsOut(BaseModel):
    """A page of what is logged of a customer, the newest first, and the token for the next one, if there is one."""

    events: list[EventOut]
    next_page_token: str | None
