"""Users, passkeys, sessions, codes, tokens and tries: whatever the services do, both dialects do the same with it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import Connection

from backend_v2.auth.records import EmailChallenge, Event, Passkey, Session, User
from backend_v2.auth.repositories import (
    AuditRepository,
    BackupCodeRepository,
    BootstrapTokenRepository,
    EmailChallengeRepository,
    LoginAttemptRepository,
    PasskeyRepository,
    SessionRepository,
    UserRepository,
)
from backend_v2.db.tables import auth
from diglot.differential import Lockstep, differential, operation, values

START = datetime(2024, 1, 1, 12, tzinfo=UTC)
NOW = st.sampled_from([START + timedelta(microseconds=number) for number in range(4)]) | st.timedeltas(
    timedelta(0), timedelta(days=2)
).map(lambda later: START + later)
"""The services' clock."""
IDS = st.sampled_from([UUID(int=number) for number in (1, 2, 2**127)])
ROWS = st.integers(1, 5)
"""Numbers that the database gave out, and some that it did not."""
DIGESTS = st.sampled_from([bytes([number]) * 32 for number in (0, 1, 255)])
"""SHA-256 of something."""
EMAILS = st.sampled_from(("a@b", "ada@example.com", "a_a@b", "a%a@b", "z" * 250 + "@b.c"))
"""`Email`: lower case."""
ADDRESSES = st.sampled_from(("192.0.2.1", "2001:db8::/64", "unknown"))
"""What `network` gives."""
REASONS = st.sampled_from(("unfinished", "suspended", "no such user 0af1", "backup code"))
"""What the services say."""
LIMITS = st.integers(1, 3)
NAMES = st.sampled_from(("laptop", "A", "\N{LATIN SMALL LETTER E WITH ACUTE}", "\N{SNAKE}" * 100))
"""`Name`."""

USERS = st.builds(
    User,
    id=IDS,
    user_handle=DIGESTS,
    email=EMAILS,
    display_name=NAMES,
    is_admin=st.booleans(),
    suspended_at=st.none() | NOW,
    created_at=NOW,
)
BEFORE = st.none() | ROWS


def register(connection: Connection, user: User, passkey: Passkey, session: Session) -> list[bool]:
    """Add a user with a passkey and a session, as the ceremony does, unless the email or the handle is taken."""
    if not UserRepository(connection).add(user):
        return [False]
    added = PasskeyRepository(connection).add(Passkey(**{**vars(passkey), "user_id": user.id}))
    if SessionRepository(connection).find(session.token_sha256) is None:
        SessionRepository(connection).add(Session(**{**vars(session), "user_id": user.id}))
    return [True, added]


def replace_codes(connection: Connection, user_id: UUID, code_hashes: list[bytes], at: datetime) -> bool:
    """Give a user new codes, as the service does, when there is such a user."""
    if UserRepository(connection).lock(user_id) is None:
        return False
    BackupCodeRepository(connection).replace(user_id, code_hashes, at=at)
    return True


def attempt(connection: Connection, ip_address: str, user_id: UUID, reason: str, at: datetime) -> list[object]:
    """Note a try, say for whom it is and how it went, as the guard does."""
    attempts = LoginAttemptRepository(connection)
    number = attempts.add(ip_address=ip_address, at=at)
    user = UserRepository(connection).lock(user_id)
    assigned = None if user is None else attempts.assign(number, user.id)
    return [number, assigned, attempts.explain(number, reason)]


def issue(connection: Connection, token: bytes, email: str, user_id: UUID, at: datetime) -> object:
    """Issue a token, as an administrator does, unless its digest is there."""
    tokens = BootstrapTokenRepository(connection)
    if UserRepository(connection).get(user_id) is None or tokens.find(token, now=datetime.min.replace(tzinfo=UTC)):
        return None
    return tokens.add(token, email=email, issued_by=user_id, created_at=at, expires_at=at + timedelta(hours=1))


def write(connection: Connection, event: Event) -> None:
    """Write a line for a user who is there, or for nobody."""
    if event.user_id is None or UserRepository(connection).get(event.user_id) is not None:
        AuditRepository(connection).add(event)


def challenge(connection: Connection, challenge_id: UUID, email: str, purpose: str, at: datetime) -> bool:
    """Challenge an address, as the service does, whose ids are always new."""
    challenges = EmailChallengeRepository(connection)
    if challenges.get(challenge_id) is not None:
        return False
    expires_at = at + timedelta(minutes=10)
    challenges.add(
        EmailChallenge(
            id=challenge_id, email=email, purpose=purpose, code_sha256=b"c" * 32, attempts=0, created_at=at,
            expires_at=expires_at, verified_at=None,
        )
    )  # fmt: skip
    return True


PASSKEYS = values(
    auth.webauthn_credentials,
    into=Passkey,
    id=IDS,
    user_id=IDS,
    credential_id=DIGESTS,
    sign_count=st.integers(0, 2**32 - 1),
    backup_eligible=st.just(value=True),
    name=NAMES,
    transports=st.just(["usb", "internal"]),
    created_at=NOW,
    last_used_at=st.none(),
)
SESSIONS = st.builds(
    lambda at, **more: Session(
        **more, created_at=at, last_seen_at=at, expires_at=at + timedelta(hours=1),
        absolute_expires_at=at + timedelta(days=1), revoked_at=None,
    ),
    at=NOW, id=IDS, user_id=IDS, token_sha256=DIGESTS, user_agent=NAMES, ip_address=ADDRESSES,
)  # fmt: skip
REGISTER = operation(register, user=USERS, passkey=PASSKEYS, session=SESSIONS)
EVENTS = values(
    auth.audit_log,
    into=Event,
    event=st.sampled_from(("login", "login_failed")),
    user_id=st.none() | IDS,
    actor=st.none() | EMAILS,
    ip_address=st.none() | ADDRESSES,
    request_id=st.none() | st.just("a-request"),
    detail=st.none() | st.dictionaries(NAMES, NAMES, max_size=2),
    occurred_at=NOW,
)


def test_users_passkeys_and_sessions_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any users who register, log in, rename, revoke and leave, in any order, are the same on both dialects."""
    agreement = differential(
        diglot_lockstep,
        REGISTER,
        operation(UserRepository.find_by_email, email=EMAILS),
        operation(UserRepository.lock, user_id=IDS),
        operation(UserRepository.delete, user=USERS),
        operation(PasskeyRepository.of_user, user_id=IDS),
        operation(PasskeyRepository.find, credential_id=DIGESTS),
        operation(PasskeyRepository.rename, passkey_id=IDS, user_id=IDS, name=NAMES),
        operation(PasskeyRepository.delete, passkey_id=IDS, user_id=IDS),
        operation(SessionRepository.find, token_sha256=DIGESTS),
        operation(SessionRepository.live, user_id=IDS, now=NOW),
        operation(SessionRepository.revoke, session_id=IDS, user_id=IDS, at=NOW),
        operation(SessionRepository.revoke_all, user_id=IDS, at=NOW),
        operation(SessionRepository.delete_expired, before=NOW),
    )

    assert agreement.examples >= 100


def test_codes_tokens_and_challenges_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any secrets, made, counted, redeemed and expired in any order, are the same on both dialects."""
    purposes = st.sampled_from(("recover", "verify_email"))

    agreement = differential(
        diglot_lockstep,
        REGISTER,
        operation(replace_codes, user_id=IDS, code_hashes=st.lists(DIGESTS, min_size=1, unique=True), at=NOW),
        operation(BackupCodeRepository.state, user_id=IDS),
        operation(BackupCodeRepository.redeem, user_id=IDS, code_hash=DIGESTS, at=NOW),
        operation(issue, token=DIGESTS, email=EMAILS, user_id=IDS, at=NOW),
        operation(BootstrapTokenRepository.outstanding, now=NOW, limit=LIMITS, before=BEFORE),
        operation(BootstrapTokenRepository.withdraw, token_id=ROWS, now=NOW),
        operation(BootstrapTokenRepository.delete_expired, before=NOW),
        operation(challenge, challenge_id=IDS, email=EMAILS, purpose=purposes, at=NOW),
        operation(EmailChallengeRepository.of_email, email=EMAILS, since=NOW, limit=LIMITS),
        operation(EmailChallengeRepository.count_attempt, challenge_id=IDS, most=5, now=NOW),
        operation(EmailChallengeRepository.complete, challenge_id=IDS, now=NOW),
        operation(EmailChallengeRepository.delete_expired, before=NOW),
        operation(UserRepository.delete, user=USERS),
    )

    assert agreement.examples >= 100


def test_tries_and_events_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any tries and lines, noted, counted, paged and deleted in any order, are the same on both dialects."""
    window = {"since": NOW, "limit": LIMITS}

    agreement = differential(
        diglot_lockstep,
        REGISTER,
        operation(attempt, ip_address=ADDRESSES, user_id=IDS, reason=REASONS, at=NOW),
        operation(LoginAttemptRepository.of_address, ip_address=ADDRESSES, **window),
        operation(LoginAttemptRepository.of_user, user_id=IDS, **window),
        operation(LoginAttemptRepository.of_stranger, reason=REASONS, **window),
        operation(LoginAttemptRepository.remove, attempt_id=ROWS),
        operation(LoginAttemptRepository.delete_old, before=NOW),
        operation(write, event=EVENTS),
        operation(AuditRepository.page, user_id=IDS, limit=LIMITS, before=BEFORE),
        operation(AuditRepository.of_user, user_id=IDS),
        operation(UserRepository.delete, user=USERS),
    )

    assert agreement.examples >= 100
