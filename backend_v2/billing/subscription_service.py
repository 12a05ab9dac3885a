"""What customers subscribe to, and how a subscription may change."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.hold import hold_user
from backend_v2.auth.repositories import AuditRepository, UserRepository
from backend_v2.billing.records import Subscription, Terms
from backend_v2.billing.repositories import SubscriptionRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict, NotFound
from backend_v2.http.session_cookie import Caller

MAY_FOLLOW = {
    None: ("trialing", "active"),
    "trialing": ("trialing", "active", "past_due", "cancelled"),
    "active": ("active", "past_due", "cancelled"),
    "past_due": ("past_due", "active", "cancelled"),
    "cancelled": ("cancelled", "active"),
}
"""By status, those that may follow; None stands for no subscription. A trial comes first, or never."""


class SubscriptionService:
    """Users' subscriptions; each change locks the user, so that of two at once the second sees the first."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, user_id: UUID) -> Subscription:
        """Return a user's subscription; raises NotFound when there is none."""
        with self._database.connect() as connection:
            return _existing(connection, user_id)

    def put(self, caller: Caller, user_id: UUID, terms: Terms, origin: Origin) -> tuple[Subscription, bool]:
        """Store what a user subscribes to; return it, and whether it is their first subscription.

        Raises NotFound when there is no such user, Conflict when the status may not follow the one that is there.
        """
        now = self._clock()
        with self._database.connect() as connection:
            if UserRepository(connection).lock(user_id) is None:
                raise NotFound("there is no such user")
            present = SubscriptionRepository(connection).find(user_id)
            _check_follows(None if present is None else present.status, terms.status)
            known_since = None if present is None else present.cancelled_at
            cancelled_at = (known_since or now) if terms.status == "cancelled" else None
            stored = self._save(connection, user_id, terms, cancelled_at=cancelled_at, at=now)
            detail = {"plan": terms.plan, "status": terms.status}
            event = origin.event("subscription_set", user_id, detail, at=now)
            AuditRepository(connection).add(replace(event, actor=str(caller.user_id)))
        return stored, present is None

    def cancel(self, caller: Caller, origin: Origin) -> Subscription:
        """Cancel the caller's subscription; access stays until the period's end.

        Raises NotFound when there is none, Conflict when it is cancelled already, Unauthorized when the caller has
        just gone.
        """
        now = self._clock()
        with self._database.connect() as connection:
            hold_user(connection, caller.user_id)
            present = _existing(connection, caller.user_id)
            if present.status == "cancelled":
                raise Conflict("the subscription is cancelled already")
            terms = Terms(
                plan=present.plan,
                status="cancelled",
                current_period_start=present.current_period_start,
                current_period_end=present.current_period_end,
            )
            stored = self._save(connection, caller.user_id, terms, cancelled_at=now, at=now)
            event = origin.event("subscription_cancelled", caller.user_id, {"plan": present.plan}, at=now)
            AuditRepository(connection).add(event)
        return stored

    def _save(
        self, connection: Connection, user_id: UUID, terms: Terms, *, cancelled_at: datetime | None, at: datetime
    ) -> Subscription:
        repository = SubscriptionRepository(connection)
        return repository.save(user_id, terms, new_id=uuid4(), cancelled_at=cancelled_at, at=at)


def _existing(connection: Connection, user_id: UUID) -> Subscription:
    found = SubscriptionRepository(connection).find(user_id)
    if found is None:
        raise NotFound("there is no subscription")
    return found


def _check_follows(present: str | None, wanted: str) -> None:
    if wanted not in MAY_FOLLOW[present]:
        raise Conflict(f"{wanted} cannot follow {present or 'no subscription'}")
