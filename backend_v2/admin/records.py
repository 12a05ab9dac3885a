"""What administrators see of customers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A user, without what only authenticators need to know. suspended_at: None for one who may sign in."""

    id: UUID
    email: str
    display_name: str
    is_admin: bool
    suspended_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class CustomerInFull(Customer):
    """A customer, and how much is theirs: sessions that are live, tickets that are not closed."""

    passkeys: int
    live_sessions: int
    accounts: int
    open_tickets: int
