"""Find, suspend and reinstate customers, and say who is an administrator; everything is logged."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from backend_v2.admin.records import Customer, CustomerInFull
from backend_v2.admin.repositories import CustomerRepository
from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.records import Event, LoggedEvent
from backend_v2.auth.repositories import AuditRepository, SessionRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict, NotFound
from backend_v2.http.session_cookie import Caller

_GONE = "there is no such customer"
COMMAND_LINE = "command line"
"""The actor of what was done on the server, by somebody whom the database does not know."""


class CustomerService:
    """What administrators do with customers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def page(
        self, *, query: str | None, suspended: bool | None, limit: int, before: tuple[datetime, UUID] | None
    ) -> tuple[list[Customer], bool]:
        """Return one page of customers, the newest first, and whether there are more."""
        with self._database.connect() as connection:
            found = CustomerRepository(connection).page(
                query=query, suspended=suspended, limit=limit + 1, before=before
            )
        return found[:limit], len(found) > limit

    def get(self, customer_id: UUID) -> CustomerInFull:
        """Return a customer with the counts of what is theirs; raises NotFound."""
        with self._database.connect() as connection:
            return self._in_full(connection, customer_id)

    def suspend(self, caller: Caller, customer_id: UUID, reason: str, origin: Origin) -> CustomerInFull:
        """Suspend a customer and end their sessions at once; their next request is refused.

        Raises NotFound; Conflict for an administrator, the caller too, and for who is suspended already.
        """
        now = self._clock()
        with self._database.connect() as connection:
            user = UserRepository(connection).lock(customer_id)
            if user is None:
                raise NotFound(_GONE)
            if user.is_admin:
                raise Conflict("an administrator cannot be suspended")
            if user.suspended_at is not None:
                raise Conflict("the customer is suspended already")
            CustomerRepository(connection).set_suspended(customer_id, at=now)
            SessionRepository(connection).revoke_all(customer_id, at=now)
            event = origin.event("customer_suspended", customer_id, {"reason": reason}, at=now)
            AuditRepository(connection).add(replace(event, actor=str(caller.user_id)))
            return self._in_full(connection, customer_id)

    def reinstate(self, caller: Caller, customer_id: UUID, origin: Origin) -> CustomerInFull:
        """Let a suspended customer sign in again; no session from before comes back to life.

        Raises NotFound, and Conflict when the customer is not suspended.
        """
        now = self._clock()
        with self._database.connect() as connection:
            user = UserRepository(connection).lock(customer_id)
            if user is None:
                raise NotFound(_GONE)
            if user.suspended_at is None:
                raise Conflict("the customer is not suspended")
            # A login that had begun before the suspension may have opened a session after it.
            SessionRepository(connection).revoke_all(customer_id, at=now)
            CustomerRepository(connection).set_suspended(customer_id, at=None)
            event = origin.event("customer_reinstated", customer_id, at=now)
            AuditRepository(connection).add(replace(event, actor=str(caller.user_id)))
            return self._in_full(connection, customer_id)

    def events(self, customer_id: UUID, *, limit: int, before: int | None) -> tuple[list[LoggedEvent], bool]:
        """Return one page of what is logged of a customer, the newest first, and whether there is more.

        Raises NotFound.
        """
        with self._database.connect() as connection:
            if UserRepository(connection).get(customer_id) is None:
                raise NotFound(_GONE)
            found = AuditRepository(connection).page(customer_id, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit

    def set_admin(self, email: str, *, is_admin: bool) -> bool:
        """Make the user with this email, in lower case, an administrator, or no longer one; return whether it changed.

        Raises NotFound, and Conflict for making one of a suspended customer.
        """
        now = self._clock()
        with self._database.connect() as connection:
            users = UserRepository(connection)
            found = users.find_by_email(email)
            user = None if found is None else users.lock(found.id)
            if user is None:
                raise NotFound(f"there is no user with the email {email!r}: they have to register first")
            if user.is_admin == is_admin:
                return False
            if is_admin and user.suspended_at is not None:
                raise Conflict(f"{email} is suspended: reinstate them first")
            CustomerRepository(connection).set_admin(user.id, is_admin=is_admin)
            event = "admin_granted" if is_admin else "admin_revoked"
            AuditRepository(connection).add(Event(now, event, user.id, COMMAND_LINE))
        return True

    def _in_full(self, connection: Connection, customer_id: UUID) -> CustomerInFull:
        customer = CustomerRepository(connection).get(customer_id, now=self._clock())
        if customer is None:
            raise NotFound(_GONE)
        return customer
