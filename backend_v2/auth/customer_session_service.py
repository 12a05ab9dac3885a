"""Customers' sessions: opaque tokens, sliding expiry, an absolute limit, revocation at once."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Connection

from backend_v2.auth.records import Event, Session, User
from backend_v2.auth.repositories import AuditRepository, SessionRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.config import Config
from backend_v2.db.database import Database
from backend_v2.errors import NotFound, Unauthorized
from backend_v2.http.session_cookie import Caller

_TOUCH_EVERY = timedelta(minutes=1)
_KEPT = timedelta(days=30)
"""How long a session that has expired can still be looked up by who investigates."""


@dataclass(frozen=True)
class Origin:
    """Where a request comes from, for the records."""

    ip_address: str
    user_agent: str
    request_id: str | None

    def event(self, name: str, user_id: UUID | None, detail: dict[str, str] | None = None, *, at: datetime) -> Event:
        """Return the line of the audit log that says what a request from here has done."""
        return Event(at, name, user_id, None, self.ip_address, self.request_id, detail)


class CustomerSessionService:
    """Opens, resolves, lists and ends sessions."""

    def __init__(self, database: Database, config: Config, clock: Clock) -> None:
        self._database = database
        self._config = config
        self._clock = clock

    def open(self, connection: Connection, user: User, origin: Origin) -> tuple[str, Session]:
        """Open a session in the caller's transaction; return its token, which is nowhere stored, and it."""
        now = self._clock()
        token = secrets.token_urlsafe(32)
        session = Session(
            id=uuid4(),
            user_id=user.id,
            token_sha256=_digest(token),
            user_agent=origin.user_agent[:255],
            ip_address=origin.ip_address,
            created_at=now,
            last_seen_at=now,
            expires_at=min(now + self._config.session_idle, now + self._config.session_absolute),
            absolute_expires_at=now + self._config.session_absolute,
            revoked_at=None,
        )
        repository = SessionRepository(connection)
        repository.delete_expired(now - _KEPT)
        repository.add(session)
        return token, session

    def resolve(self, token: str) -> Caller | None:
        """Return whom a token stands for, and let the session live on; None when it is not valid now."""
        now = self._clock()
        with self._database.connect() as connection:
            found = SessionRepository(connection).find(_digest(token))
            if found is None:
                return None
            session, user = found
            if session.revoked_at is not None or now >= session.expires_at or user.suspended_at is not None:
                return None
            if now - session.last_seen_at >= _TOUCH_EVERY:
                expires_at = min(now + self._config.session_idle, session.absolute_expires_at)
                SessionRepository(connection).touch(session.id, seen_at=now, expires_at=expires_at)
        return Caller(user.id, session.id, user.is_admin)

    def get(self, caller: Caller) -> tuple[User, Session]:
        """Return the caller's user and session; raises Unauthorized when either has just gone."""
        with self._database.connect() as connection:
            user = UserRepository(connection).get(caller.user_id)
            session = SessionRepository(connection).get(caller.session_id, user_id=caller.user_id, now=self._clock())
        if user is None or session is None:
            raise Unauthorized("the session is gone")
        return user, replace(session, token_sha256=b"")

    def list(self, caller: Caller) -> "list[Session]":
        """Return the caller's live sessions, the newest first."""
        with self._database.connect() as connection:
            return SessionRepository(connection).live(caller.user_id, self._clock())

    def revoke(self, caller: Caller, session_id: UUID, origin: Origin) -> None:
        """End one of the caller's sessions; raises NotFound when it is not one of theirs, or has ended."""
        now = self._clock()
        with self._database.connect() as connection:
            if not SessionRepository(connection).revoke(session_id, user_id=caller.user_id, at=now):
                raise NotFound("there is no such session")
            event = origin.event("session_revoked", caller.user_id, {"session": str(session_id)}, at=now)
            AuditRepository(connection).add(event)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
