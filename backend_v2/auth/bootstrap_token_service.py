"""Bootstrap tokens: an administrator lets somebody in who has no passkey, once."""

import hashlib
import secrets
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import CustomerSessionService, Origin
from backend_v2.auth.login_guard import LoginGuard
from backend_v2.auth.records import BootstrapToken, Session, User
from backend_v2.auth.repositories import AuditRepository, BootstrapTokenRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import NotFound, Unauthorized
from backend_v2.http.fields import LARGEST
from backend_v2.http.session_cookie import Caller

_KEPT = timedelta(days=30)
_LONGEST_NAME = 100


class BootstrapTokenService:
    """Issues, lists, withdraws and redeems bootstrap tokens."""

    def __init__(self, database: Database, sessions: CustomerSessionService, guard: LoginGuard, clock: Clock) -> None:
        self._database = database
        self._sessions = sessions
        self._guard = guard
        self._clock = clock

    def issue(self, caller: Caller, *, email: str, valid_hours: int, origin: Origin) -> tuple[BootstrapToken, str]:
        """Issue a token for an address; return what is stored, and the token, which is not."""
        now = self._clock()
        token = secrets.token_urlsafe(32)
        with self._database.connect() as connection:
            tokens = BootstrapTokenRepository(connection)
            tokens.delete_expired(now - _KEPT)
            stored = tokens.add(
                _digest(token),
                email=email,
                issued_by=caller.user_id,
                created_at=now,
                expires_at=now + timedelta(hours=valid_hours),
            )
            detail = {"token": str(stored.id)}
            AuditRepository(connection).add(origin.event("bootstrap_token_issued", caller.user_id, detail, at=now))
        return stored, token

    def page(self, *, limit: int, before: int | None) -> tuple[list[BootstrapToken], bool]:
        """Return one page of what can still be redeemed, the newest first, and whether there is more."""
        with self._database.connect() as connection:
            tokens = BootstrapTokenRepository(connection)
            found = tokens.outstanding(now=self._clock(), limit=limit + 1, before=before)
        return found[:limit], len(found) > limit

    def withdraw(self, caller: Caller, token_id: int, origin: Origin) -> None:
        """Make a token worthless; raises NotFound when there is none that could be redeemed."""
        now = self._clock()
        with self._database.connect() as connection:
            if token_id > LARGEST or not BootstrapTokenRepository(connection).withdraw(token_id, now=now):
                raise NotFound("there is no such outstanding token")
            detail = {"token": str(token_id)}
            AuditRepository(connection).add(origin.event("bootstrap_token_withdrawn", caller.user_id, detail, at=now))

    def redeem(self, token: str, origin: Origin) -> tuple[User, Session, str]:
        """Open a session for the token's address; a user is created when the address has none.

        Raises Unauthorized, with one text for every cause, and TooManyRequests after too many failures.
        """
        with self._guard.attempt(origin.ip_address) as attempt:
            try:
                return self._redeem(token, attempt, origin)
            except Unauthorized:
                detail = {"reason": "bootstrap token"}
                self._guard.failed(attempt, origin.event("login_failed", None, detail, at=self._clock()))
                raise

    def _redeem(self, token: str, attempt: int, origin: Origin) -> tuple[User, Session, str]:
        now = self._clock()
        refused = Unauthorized("the token is unknown, redeemed, withdrawn or expired")
        with self._database.connect() as connection:
            found = BootstrapTokenRepository(connection).find(_digest(token), now=now)
            if found is None:
                raise refused
            user = self._user_of(connection, found.email)
            # Whoever comes second waits at the user, and finds the token redeemed here.
            redeemed = BootstrapTokenRepository(connection).redeem(found.id, user_id=user.id, now=now)
            if not redeemed or user.suspended_at is not None:
                raise refused
            key, session = self._sessions.open(connection, user, origin)
            detail = {"token": str(found.id)}
            AuditRepository(connection).add(origin.event("bootstrap_token_redeemed", user.id, detail, at=now))
            self._guard.succeeded(connection, attempt)
        return user, session, key

    def _user_of(self, connection: Connection, email: str) -> User:
        """Return the user with this email, locked; it is created when there is none."""
        users = UserRepository(connection)
        users.add(
            User(
                id=uuid4(),
                user_handle=secrets.token_bytes(32),
                email=email,
                display_name=email[:_LONGEST_NAME],
                is_admin=False,
                suspended_at=None,
                created_at=self._clock(),
            )
        )
        found = users.find_by_email(email)
        user = None if found is None else users.lock(found.id)
        if user is None:  # deleted between the two
            raise Unauthorized("the user is gone")
        return user


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
