"""Backup codes: ten at a time, shown once, each good for one session when no passkey is at hand."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from backend_v2.auth.customer_session_service import CustomerSessionService, Origin
from backend_v2.auth.hold import hold_user
from backend_v2.auth.login_guard import LoginGuard
from backend_v2.auth.records import BackupCodes, Session, User
from backend_v2.auth.repositories import AuditRepository, BackupCodeRepository, UserRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Unauthorized
from backend_v2.http.session_cookie import Caller

HOW_MANY = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 letters: none looks like another."""
_GROUPS, _LETTERS = 4, 4
"""Sixteen letters are 80 bits, which nobody tries out, even with the digests in hand."""
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None})
_NOBODY = UUID(int=0)


class BackupCodesService:
    """Makes backup codes, says how many are left, and lets their owner in."""

    def __init__(self, database: Database, sessions: CustomerSessionService, guard: LoginGuard, clock: Clock) -> None:
        self._database = database
        self._sessions = sessions
        self._guard = guard
        self._clock = clock

    def replace(self, caller: Caller, origin: Origin) -> tuple[list[str], datetime]:
        """Make new codes in the place of all that the caller has; return them, which are nowhere stored."""
        now = self._clock()
        codes = [_new_code() for _ in range(HOW_MANY)]
        with self._database.connect() as connection:
            hold_user(connection, caller.user_id)
            BackupCodeRepository(connection).replace(
                caller.user_id, [_digest(caller.user_id, code) for code in codes], at=now
            )
            AuditRepository(connection).add(origin.event("backup_codes_created", caller.user_id, at=now))
        return codes, now

    def state(self, caller: Caller) -> BackupCodes:
        """Return how many codes the caller has, and how many are unused."""
        with self._database.connect() as connection:
            return BackupCodeRepository(connection).state(caller.user_id)

    def redeem(self, *, email: str, code: str, origin: Origin) -> tuple[User, Session, str]:
        """Use a code up and open a session; return user, session and token.

        Raises Unauthorized, with one text for every cause, and TooManyRequests after too many failures. An
        email that is no user's takes the same steps, for a user whom there is not.
        """
        with self._guard.attempt(origin.ip_address) as attempt:
            with self._database.connect() as connection:
                user = UserRepository(connection).find_by_email(email)
            self._guard.claim(attempt, email=email, user=user)
            now = self._clock()
            with self._database.connect() as connection:
                user_id = _NOBODY if user is None else user.id
                owner = UserRepository(connection).lock(user_id)
                welcome = owner is not None and owner.suspended_at is None
                user_id = user_id if welcome else _NOBODY
                redeemed = BackupCodeRepository(connection).redeem(user_id, _digest(user_id, code), at=now)
                if redeemed and owner is not None:
                    token, session = self._sessions.open(connection, owner, origin)
                    AuditRepository(connection).add(origin.event("backup_code_redeemed", owner.id, at=now))
                    self._guard.succeeded(connection, attempt)
                    return owner, session, token
            raise self._failed(origin, attempt, None if user is None else user.id)

    def _failed(self, origin: Origin, attempt: int, user_id: UUID | None) -> Unauthorized:
        event = origin.event("login_failed", user_id, {"reason": "backup code"}, at=self._clock())
        self._guard.failed(attempt, event)
        return Unauthorized("the email or the backup code is wrong")


def _new_code() -> str:
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS)) for _ in range(_GROUPS))
    return "-".join(groups)


def _digest(user_id: UUID, code: str) -> bytes:
    """Return what is stored of a code: of the same letters, however they are written, for this user alone."""
    return hashlib.sha256(user_id.bytes + code.upper().translate(_MISREAD).encode()).digest()
