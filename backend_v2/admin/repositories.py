"""Customers as administrators see them; the connection is somebody else's to commit."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.admin.records import Customer, CustomerInFull
from backend_v2.db.tables import auth, support, trading

_USERS = auth.users
_SESSIONS = auth.customer_sessions
_CUSTOMER = [_USERS.c[name] for name in Customer.__dataclass_fields__]


class CustomerRepository:
    """The table `users`, and what refers to it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self, *, query: str | None, suspended: bool | None, limit: int, before: tuple[datetime, UUID] | None = None
    ) -> list[Customer]:
        """Return customers, the newest first, of one instant by id; `before` is the last one of the page before.

        query: a part of the email, in lower case, taken literally.
        """
        statement = sa.select(*_CUSTOMER)
        if query is not None:
            statement = statement.where(_USERS.c.email.contains(query, autoescape=True))
        if suspended is not None:
            is_null = _USERS.c.suspended_at.is_(None)
            statement = statement.where(sa.not_(is_null) if suspended else is_null)
        if before is not None:
            at, customer_id = before
            key = sa.tuple_(sa.literal(at, _USERS.c.created_at.type), sa.literal(customer_id, _USERS.c.id.type))
            statement = statement.where(sa.tuple_(_USERS.c.created_at, _USERS.c.id) < key)
        statement = statement.order_by(_USERS.c.created_at.desc(), _USERS.c.id.desc()).limit(limit)
        return [Customer(**row._mapping) for row in self._connection.execute(statement)]

    def get(self, customer_id: UUID, *, now: datetime) -> CustomerInFull | None:
        """Return a customer with the counts of what is theirs, in one statement. now: decides which sessions live."""
        live = _SESSIONS.c.revoked_at.is_(None) & (_SESSIONS.c.expires_at > now)
        tickets = support.support_tickets
        statement = sa.select(
            *_CUSTOMER,
            _count(auth.webauthn_credentials).label("passkeys"),
            _count(_SESSIONS, live).label("live_sessions"),
            _count(trading.paper_accounts).label("accounts"),
            _count(tickets, tickets.c.status != "closed").label("open_tickets"),
        ).where(_USERS.c.id == customer_id)
        row = self._connection.execute(statement).first()
        return None if row is None else CustomerInFull(**row._mapping)

    def set_suspended(self, customer_id: UUID, *, at: datetime | None) -> Customer | None:
        """Suspend a customer as of `at`, or with None reinstate them; return them, or None when there is no such."""
        return self._update(customer_id, suspended_at=at)

    def set_admin(self, customer_id: UUID, *, is_admin: bool) -> Customer | None:
        """Make a customer an administrator, or no longer one; return them, or None when there is no such."""
        return self._update(customer_id, is_admin=is_admin)

    def _update(self, customer_id: UUID, **values: Any) -> Customer | None:
        statement = sa.update(_USERS).where(_USERS.c.id == customer_id).values(values).returning(*_CUSTOMER)
        row = self._connection.execute(statement).first()
        return None if row is None else Customer(**row._mapping)


def _count(table: sa.Table, condition: sa.ColumnElement[bool] | None = None) -> sa.ScalarSelect[int]:
    """Return how many rows of `table` are the customer's."""
    statement = sa.select(sa.func.count()).select_from(table).where(table.c.user_id == _USERS.c.id)
    return (statement if condition is None else statement.where(condition)).scalar_subquery()
