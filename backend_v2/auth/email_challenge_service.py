"""Email challenges: six digits, sent to an address, show that somebody reads it.

To `recover` is for who cannot sign in; `verify_email` is for a signed-in user and their own address. An
address that is no user's gets a challenge, and a mail, like any other: only the mail says that there is
no account.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import CustomerSessionService, Origin
from backend_v2.auth.login_guard import LoginGuard, retry_after_s
from backend_v2.auth.records import EmailChallenge, Session, User
from backend_v2.auth.repositories import (
    AuditRepository,
    EmailChallengeRepository,
    SessionRepository,
    UserRepository,
    wait_for_turn,
)
from backend_v2.clock import Clock
from backend_v2.config import Config
from backend_v2.db.database import Database
from backend_v2.errors import Forbidden, NotFound, RaptorError, TooManyRequests, Unauthorized
from backend_v2.http.mailer import Mail, Mailer
from backend_v2.http.session_cookie import Caller

LIFETIME = timedelta(minutes=10)
ATTEMPTS = 5
PER_EMAIL = 5
WINDOW = timedelta(hours=1)
RECOVER, VERIFY = "recover", "verify_email"
_KEPT = timedelta(days=1)
_REFUSED = "the code is wrong, used or expired"


@dataclass(frozen=True)
class Entry:
    """A session that a recovery has opened, with its token."""

    user: User
    session: Session
    token: str


class EmailChallengeService:
    """Sends challenges, and takes their codes back."""

    def __init__(
        self,
        database: Database,
        sessions: CustomerSessionService,
        guard: LoginGuard,
        *,
        mailer: Mailer,
        config: Config,
        clock: Clock,
    ) -> None:
        self._database = database
        self._sessions = sessions
        self._guard = guard
        self._mailer = mailer
        self._config = config
        self._clock = clock

    def send(self, *, email: str, purpose: str, caller: Caller | None, origin: Origin) -> EmailChallenge:
        """Send a challenge to an address and return it, as if every address were a user's.

        Raises Unauthorized and Forbidden when somebody verifies what is not their own address,
        TooManyRequests when the address, or who asks, has had too many, UpstreamUnavailable when the mail
        cannot be sent: then there is no challenge.
        """
        if purpose == VERIFY:
            self._demand_own(email, caller)
            return self._send(email, purpose, origin)
        with self._guard.attempt(origin.ip_address) as attempt:
            challenge = self._send(email, purpose, origin)
            self._guard.counts(attempt, "recovery asked for")
            return challenge

    def verify(self, challenge_id: UUID, code: str, *, caller: Caller | None, origin: Origin) -> Entry | None:
        """Take a code back; a recovery ends all sessions of the user and opens one, which is returned.

        Raises NotFound when there is no such challenge for the caller, Unauthorized when the code is wrong,
        TooManyRequests when it was tried too often.
        """
        with self._guard.attempt(origin.ip_address) as attempt:
            challenge, may_try = self._counted(challenge_id, caller)
            given = _digest(self._config, challenge_id, code)
            if not hmac.compare_digest(given, challenge.code_sha256) or not may_try:
                raise self._failed(challenge, attempt, origin)
            with self._database.connect() as connection:
                user = self._completed(connection, challenge)
                if user is not None:
                    self._guard.succeeded(connection, attempt)
                    return self._admitted(connection, user, challenge, origin)
            raise self._failed(challenge, attempt, origin)

    def _demand_own(self, email: str, caller: Caller | None) -> None:
        if caller is None:
            raise Unauthorized("sign in first: only your own address can be verified")
        with self._database.connect() as connection:
            user = UserRepository(connection).get(caller.user_id)
        if user is None or user.email != email:
            raise Forbidden("only your own address can be verified")

    def _send(self, email: str, purpose: str, origin: Origin) -> EmailChallenge:
        code = f"{secrets.randbelow(10**6):06d}"
        challenge, user = self._stored(email, purpose, code, origin)
        try:
            self._mailer.send(_mail(email, purpose, code, is_known=user is not None and user.suspended_at is None))
        except RaptorError:
            with self._database.connect() as connection:
                EmailChallengeRepository(connection).withdraw(challenge.id)
            raise
        return challenge

    def _stored(self, email: str, purpose: str, code: str, origin: Origin) -> tuple[EmailChallenge, User | None]:
        now = self._clock()
        challenge_id = uuid4()
        challenge = EmailChallenge(
            id=challenge_id,
            email=email,
            purpose=purpose,
            code_sha256=_digest(self._config, challenge_id, code),
            attempts=0,
            created_at=now,
            expires_at=now + LIFETIME,
            verified_at=None,
        )
        with self._database.connect() as connection:
            challenges = EmailChallengeRepository(connection)
            wait_for_turn(connection, f"email challenge for {email}")
            recent = challenges.of_email(email, since=now - WINDOW, limit=PER_EMAIL)
            if len(recent) >= PER_EMAIL:
                wait_s = retry_after_s(recent[-1], WINDOW, now)
                raise TooManyRequests("too many codes were sent to this address", retry_after_s=wait_s)
            challenges.delete_expired(now - _KEPT)
            challenges.add(challenge)
            user = UserRepository(connection).find_by_email(email)
            detail = {"challenge": str(challenge_id), "purpose": purpose}
            user_id = None if user is None else user.id
            AuditRepository(connection).add(origin.event("email_challenge_sent", user_id, detail, at=now))
        return challenge, user

    def _counted(self, challenge_id: UUID, caller: Caller | None) -> tuple[EmailChallenge, bool]:
        """Return a challenge, and whether a code may be tried; that is counted at once, and stays counted."""
        now = self._clock()
        with self._database.connect() as connection:
            challenges = EmailChallengeRepository(connection)
            found = challenges.get(challenge_id)
            if found is None or not _is_for(connection, found, caller):
                raise NotFound("there is no such challenge")
            counted = challenges.count_attempt(challenge_id, most=ATTEMPTS, now=now)
            # Somebody else may have met it, or tried it, since it was read.
            found = counted or challenges.get(challenge_id) or found
        if counted is None and found.attempts >= ATTEMPTS and found.verified_at is None and found.expires_at > now:
            wait_s = retry_after_s(found.expires_at, timedelta(0), now)
            raise TooManyRequests("the code was tried too often: ask for a new one", retry_after_s=wait_s)
        return found, counted is not None

    def _completed(self, connection: Connection, challenge: EmailChallenge) -> User | None:
        """Note that a challenge was met; return its user, or None when it is too late, or nobody may come in."""
        found = UserRepository(connection).find_by_email(challenge.email)
        user = None if found is None else UserRepository(connection).lock(found.id)
        met = EmailChallengeRepository(connection).complete(challenge.id, now=self._clock())
        return user if met and user is not None and user.suspended_at is None else None

    def _admitted(self, connection: Connection, user: User, challenge: EmailChallenge, origin: Origin) -> Entry | None:
        now = self._clock()
        audit = AuditRepository(connection)
        if challenge.purpose == VERIFY:
            audit.add(origin.event("email_verified", user.id, at=now))
            return None
        SessionRepository(connection).revoke_all(user.id, at=now)
        token, session = self._sessions.open(connection, user, origin)
        audit.add(origin.event("account_recovered", user.id, at=now))
        return Entry(user, session, token)

    def _failed(self, challenge: EmailChallenge, attempt: int, origin: Origin) -> Unauthorized:
        detail = {"challenge": str(challenge.id), "reason": "email code"}
        with self._database.connect() as connection:
            user = UserRepository(connection).find_by_email(challenge.email)
        user_id = None if user is None else user.id
        self._guard.failed(attempt, origin.event("login_failed", user_id, detail, at=self._clock()))
        return Unauthorized(_REFUSED)


def _is_for(connection: Connection, challenge: EmailChallenge, caller: Caller | None) -> bool:
    """Whether a caller may answer a challenge: one to verify an address is for its user alone."""
    if challenge.purpose == RECOVER:
        return True
    user = None if caller is None else UserRepository(connection).get(caller.user_id)
    return user is not None and user.email == challenge.email


def _digest(config: Config, challenge_id: UUID, code: str) -> bytes:
    """Return what is stored of a code: six digits are soon tried out, so that it takes a key that is not stored."""
    return hmac.new(config.page_key, b"email code\0" + challenge_id.bytes + code.encode(), hashlib.sha256).digest()


def _mail(email: str, purpose: str, code: str, *, is_known: bool) -> Mail:
    if not is_known:
        subject = "There is no account"
        text = "Somebody asked to recover an account with this address, and there is none.\n"
    elif purpose == RECOVER:
        subject = "Recover your account"
        text = f"Your code is {code}. It is good for 10 minutes, and ends all your sessions.\n"
    else:
        subject = "Verify your address"
        text = f"Your code is {code}. It is good for 10 minutes.\n"
    return Mail(
        to=email, subject=subject, text=text + "If it was not you, there is nothing to do.\n", tag="email-challenge"
    )
