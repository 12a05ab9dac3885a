"""Slow down whoever guesses: after too many failed logins, none is tried for a while."""

from datetime import timedelta
from uuid import UUID

from backend_v2.auth.repositories import AuditRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import TooManyRequests

WINDOW = timedelta(minutes=15)
PER_ADDRESS = 20
PER_USER = 5


class LoginGuard:
    """Counts failed logins per address and per user."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def check(self, *, ip_address: str, user_id: UUID | None = None) -> None:
        """Raise TooManyRequests when the address, or the user, has failed too often in the window."""
        since = self._clock() - WINDOW
        with self._database.connect() as connection:
            audit = AuditRepository(connection)
            if user_id is None:
                exceeded = audit.failed_logins(since=since, ip_address=ip_address) >= PER_ADDRESS
            else:
                exceeded = audit.failed_logins(since=since, user_id=user_id) >= PER_USER
        if exceeded:
            raise TooManyRequests("too many failed logins", retry_after_s=int(WINDOW.total_seconds()))
