"""The auth repositories, method by method: what is promised of each on both dialects."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.auth.records import BackupCodes, Challenge, EmailChallenge, Event, Passkey, Session, User
from backend_v2.auth.repositories import (
    AuditRepository,
    BackupCodeRepository,
    BootstrapTokenRepository,
    ChallengeRepository,
    EmailChallengeRepository,
    LoginAttemptRepository,
    PasskeyRepository,
    SessionRepository,
    UserRepository,
    wait_for_turn,
)
from backend_v2.db.tables import auth
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

ADA = User(UUID(int=1), b"a" * 32, "ada@example.com", "Ada", False, None, EPOCH)
EVE = User(UUID(int=2), b"e" * 32, "eve@example.com", "Eve", True, EPOCH, EPOCH)
LATER = EPOCH + timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def connection(diglot: Diglot) -> Iterator[Connection]:
    """A connection to a database with two users."""
    with diglot.connect() as open_:
        UserRepository(open_).add(ADA)
        UserRepository(open_).add(EVE)
        yield open_


def _count(connection: Connection, table: sa.Table) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def test_users_are_found_by_id_and_email(connection: Connection) -> None:
    """What was added reads back exactly, locked or not; who is not there is None."""
    users = UserRepository(connection)

    found = [users.get(ADA.id), users.lock(ADA.id), users.find_by_email("ada@example.com"), users.get(EVE.id)]

    assert found == [ADA, ADA, ADA, EVE]
    assert [users.get(uuid4()), users.lock(uuid4()), users.find_by_email("nobody@example.com")] == [None] * 3


@pytest.mark.parametrize("twin", ["email", "user_handle"])
def test_user_add_refuses_a_twin_and_keeps_the_transaction(connection: Connection, twin: str) -> None:
    """A taken email or handle changes nothing, and the transaction goes on."""
    new = User(uuid4(), b"n" * 32, "new@example.com", "New", False, None, EPOCH)
    clash = User(**{**vars(new), twin: getattr(ADA, twin)})

    answers = [UserRepository(connection).add(one) for one in (clash, new)]

    assert answers == [False, True]


def test_user_delete_takes_what_is_theirs(connection: Connection) -> None:
    """Lines, challenges and tokens of the user go, by id and by email; nobody else's do; twice is once."""
    audit, tokens = AuditRepository(connection), BootstrapTokenRepository(connection)
    for user in (ADA, EVE):
        audit.add(Event(EPOCH, "login", user.id))
        tokens.add(user.user_handle, email=user.email, issued_by=EVE.id, created_at=EPOCH, expires_at=LATER)

    gone = [UserRepository(connection).delete(ADA) for _ in range(2)]

    assert gone == [True, False]
    assert [len(audit.of_user(user.id)) for user in (ADA, EVE)] == [0, 1]
    assert [one.email for one in tokens.outstanding(now=EPOCH, limit=9)] == [EVE.email]


def _passkey(number: int, user: User = ADA) -> Passkey:
    return Passkey(
        UUID(int=number),
        user.id,
        bytes([number]) * 32,
        b"key",
        7,
        True,
        False,
        UUID(int=0),
        ["usb"],
        "laptop",
        EPOCH,
        None,
    )


def test_passkeys_are_kept_renamed_and_deleted_by_their_owner(connection: Connection) -> None:
    """A passkey reads back exactly; its owner renames and deletes it, and nobody else does."""
    passkeys = PasskeyRepository(connection)
    added = [passkeys.add(one) for one in (_passkey(1), _passkey(2), _passkey(1))]

    renamed = passkeys.rename(UUID(int=1), user_id=ADA.id, name="phone")
    strangers = [
        passkeys.rename(UUID(int=1), user_id=EVE.id, name="mine"), passkeys.delete(UUID(int=1), user_id=EVE.id),
    ]  # fmt: skip
    deleted = [passkeys.delete(UUID(int=2), user_id=ADA.id) for _ in range(2)]

    assert added == [True, True, False]
    assert renamed is not None
    assert renamed.name == "phone"
    assert strangers == [None, False]
    assert deleted == [True, False]
    assert passkeys.of_user(ADA.id) == [renamed]
    assert (passkeys.find(b"\x01" * 32), passkeys.find(b"\x02" * 32)) == (renamed, None)


def test_passkey_use_is_recorded_unless_the_counter_moved(connection: Connection) -> None:
    """Of two logins that read the same counter one is recorded."""
    passkeys = PasskeyRepository(connection)
    passkeys.add(_passkey(1))

    moved = [passkeys.record_use(_passkey(1), sign_count=count, backed_up=True, at=LATER) for count in (8, 9)]

    (found,) = passkeys.of_user(ADA.id)
    assert moved == [True, False]
    assert (found.sign_count, found.backed_up, found.last_used_at) == (8, True, LATER)


def test_challenges_are_consumed_once_and_expire(connection: Connection) -> None:
    """A challenge is taken once, for its own ceremony; what has expired is deleted."""
    challenges = ChallengeRepository(connection)
    kept = Challenge(uuid4(), b"k" * 32, "login", None, None, None, None, EPOCH, LATER)
    old = Challenge(uuid4(), b"o" * 32, "register", ADA.id, b"h", "a@b", "A", EPOCH, EPOCH + MICROSECOND)
    for one in (kept, old):
        challenges.add(one)

    taken = [challenges.consume(b"k" * 32, ceremony=ceremony) for ceremony in ("register", "login", "login")]
    expired = [challenges.delete_expired(now) for now in (EPOCH, EPOCH + MICROSECOND)]

    assert taken == [None, kept, None]
    assert expired == [0, 1]


def _session(number: int, user: User = ADA) -> Session:
    return Session(
        UUID(int=number), user.id, bytes([number]) * 32, "agent", "192.0.2.1", EPOCH, EPOCH, LATER, LATER, None
    )


def test_sessions_are_found_touched_and_revoked(connection: Connection) -> None:
    """A session is found with its user, lives on when it is touched, and is ended once, by its owner."""
    sessions = SessionRepository(connection)
    for one in (_session(1), _session(2), _session(3, EVE)):
        sessions.add(one)

    found = sessions.find(b"\x01" * 32)
    sessions.touch(UUID(int=1), seen_at=EPOCH + MICROSECOND, expires_at=LATER - MICROSECOND)
    live = [[one.id.int for one in sessions.live(ADA.id, now)] for now in (EPOCH, LATER - MICROSECOND, LATER)]
    revoked = [sessions.revoke(UUID(int=1), user_id=user.id, at=EPOCH) for user in (EVE, ADA, ADA)]

    assert found == (_session(1), ADA)
    assert sessions.find(b"\x09" * 32) is None
    assert live == [[1, 2], [2], []]
    assert revoked == [False, True, False]


def test_session_is_got_while_it_can_be_used_by_its_owner(connection: Connection) -> None:
    """A session is there for its owner until it expires or is revoked, and for nobody else."""
    sessions = SessionRepository(connection)
    sessions.add(_session(1))
    sessions.add(_session(2))

    got = [sessions.get(UUID(int=1), user_id=ADA.id, now=now) for now in (EPOCH, LATER - MICROSECOND, LATER)]
    somebody_elses = sessions.get(UUID(int=1), user_id=EVE.id, now=EPOCH)
    sessions.revoke(UUID(int=1), user_id=ADA.id, at=EPOCH)

    assert got == [_session(1), _session(1), None]
    assert somebody_elses is None
    assert sessions.get(UUID(int=1), user_id=ADA.id, now=EPOCH) is None
    assert sessions.get(UUID(int=2), user_id=ADA.id, now=EPOCH) == _session(2)


def test_sessions_are_revoked_all_at_once_and_deleted_when_old(connection: Connection) -> None:
    """All sessions of one user end, and only those that had not; what expired by then is deleted."""
    sessions = SessionRepository(connection)
    for one in (_session(1), _session(2), _session(3, EVE)):
        sessions.add(one)

    revoked = [sessions.revoke_all(ADA.id, at=EPOCH) for _ in range(2)]
    deleted = [sessions.delete_expired(at) for at in (LATER - MICROSECOND, LATER)]

    assert revoked == [2, 0]
    assert deleted == [0, 3]


def test_expiry_deletes_a_hundred_at_a_time(connection: Connection) -> None:
    """However much has expired, one statement deletes the hundred oldest."""
    sessions = SessionRepository(connection)
    for number in range(150):
        sessions.add(_session(number))

    deleted = [sessions.delete_expired(LATER) for _ in range(3)]

    assert deleted == [100, 50, 0]


def test_audit_pages_go_on_where_the_one_before_ended(connection: Connection) -> None:
    """Lines come newest first, page by page, with everything that was written."""
    audit = AuditRepository(connection)
    written = [
        Event(EPOCH, f"event {number}", ADA.id, "actor", "::1", "request", {"number": str(number)})
        for number in range(3)
    ]
    for one in (*written, Event(EPOCH, "other", EVE.id)):
        audit.add(one)

    first = audit.page(ADA.id, limit=2)
    rest = audit.page(ADA.id, limit=2, before=first[-1].id)

    assert [one.event for one in (*first, *rest)] == ["event 2", "event 1", "event 0"]
    assert audit.of_user(ADA.id) == written
    assert {**vars(rest[0]), "id": 0} == {**vars(written[0]), "id": 0}


def test_login_attempts_are_counted_by_whom_they_concern(connection: Connection) -> None:
    """Tries are listed by address, by user, or by the stranger they were for, the newest first, within a window."""
    attempts = LoginAttemptRepository(connection)
    ids = [attempts.add(ip_address="192.0.2.1", at=EPOCH + number * MICROSECOND) for number in range(4)]
    assigned = attempts.assign(ids[0], ADA.id)
    said = [attempts.explain(ids[0], "lie"), attempts.explain(ids[1], "stranger"), attempts.explain(ids[1], "again")]

    address = attempts.of_address("192.0.2.1", since=EPOCH, limit=2)
    user = attempts.of_user(ADA.id, since=EPOCH - MICROSECOND, limit=2)
    strangers = [attempts.of_stranger(reason, since=EPOCH, limit=2) for reason in ("stranger", "lie")]

    assert (assigned, said) == (True, [True, True, False])
    assert address == [EPOCH + 3 * MICROSECOND, EPOCH + 2 * MICROSECOND]
    assert user == [EPOCH]
    assert strangers == [[EPOCH + MICROSECOND], []]


def test_login_attempts_are_taken_back_and_deleted_when_old(connection: Connection) -> None:
    """A try can be taken back once; what is older than a moment goes, among the lowest numbers."""
    attempts = LoginAttemptRepository(connection)
    ids = [attempts.add(ip_address="192.0.2.1", at=EPOCH + number * MICROSECOND) for number in range(3)]

    removed = [attempts.remove(ids[2]) for _ in range(2)]
    deleted = attempts.delete_old(EPOCH)

    assert removed == [True, False]
    assert deleted == 1
    assert attempts.of_address("192.0.2.1", since=EPOCH - MICROSECOND, limit=9) == [EPOCH + MICROSECOND]
    assert not attempts.assign(ids[2], ADA.id)
    assert not attempts.explain(ids[2], "gone")


def test_backup_codes_are_replaced_counted_and_redeemed(connection: Connection) -> None:
    """Codes are the user's own, are used up once, and all go when new ones come."""
    codes = BackupCodeRepository(connection)
    codes.replace(ADA.id, [b"1" * 32, b"2" * 32], at=EPOCH)
    codes.replace(EVE.id, [b"1" * 32], at=EPOCH)

    redeemed = [codes.redeem(user_id, b"1" * 32, at=LATER) for user_id in (uuid4(), ADA.id, ADA.id, EVE.id)]
    state = codes.state(ADA.id)
    codes.replace(ADA.id, [b"3" * 32], at=LATER)

    assert redeemed == [False, True, False, True]
    assert state == BackupCodes(total=2, unused=1, created_at=EPOCH)
    assert codes.state(ADA.id) == BackupCodes(total=1, unused=1, created_at=LATER)
    assert codes.state(uuid4()) == BackupCodes(total=0, unused=0, created_at=None)


def test_bootstrap_tokens_are_redeemed_once_and_in_time(connection: Connection) -> None:
    """A token is found while it is outstanding, used up once, and withdrawn only before."""
    tokens = BootstrapTokenRepository(connection)
    stored = [
        tokens.add(bytes([number]) * 32, email=ADA.email, issued_by=EVE.id, created_at=EPOCH, expires_at=LATER)
        for number in range(3)
    ]

    found = [tokens.find(bytes([0]) * 32, now=now) for now in (LATER - MICROSECOND, LATER)]
    redeemed = [
        tokens.redeem(stored[0].id, user_id=ADA.id, now=now)
        for now in (LATER, LATER - MICROSECOND, LATER - MICROSECOND)
    ]
    withdrawn = [tokens.withdraw(one.id, now=EPOCH) for one in (stored[0], stored[1], stored[1])]
    listed = [tokens.outstanding(now=now, limit=9) for now in (EPOCH, LATER)]

    assert found == [stored[0], None]
    assert redeemed == [False, True, False]
    assert withdrawn == [False, True, False]
    assert listed == [[stored[2]], []]
    assert tokens.outstanding(now=EPOCH, limit=9, before=stored[2].id) == []
    assert [tokens.delete_expired(at) for at in (EPOCH, LATER)] == [0, 2]


def test_email_challenges_are_tried_as_often_as_they_may_be(connection: Connection) -> None:
    """Attempts are counted up to the limit, and not after a challenge was met, or has expired."""
    challenges = EmailChallengeRepository(connection)
    kept = EmailChallenge(
        id=uuid4(), email=ADA.email, purpose="recover", code_sha256=b"c" * 32, attempts=0,
        created_at=EPOCH, expires_at=LATER, verified_at=None,
    )  # fmt: skip
    challenges.add(kept)

    counted = [challenges.count_attempt(kept.id, most=2, now=now) for now in (LATER, EPOCH, EPOCH, EPOCH)]
    completed = [challenges.complete(kept.id, now=now) for now in (LATER, EPOCH, EPOCH)]
    too_late = challenges.count_attempt(kept.id, most=5, now=EPOCH)

    assert [None if one is None else one.attempts for one in counted] == [None, 1, 2, None]
    assert completed == [False, True, False]
    assert too_late is None
    found = challenges.get(kept.id)
    assert found is not None
    assert (found.attempts, found.verified_at) == (2, EPOCH)


def test_email_challenges_are_listed_withdrawn_and_deleted(connection: Connection) -> None:
    """The newest of an address come first; one can be taken back; the expired go."""
    challenges = EmailChallengeRepository(connection)
    made = [
        EmailChallenge(
            id=UUID(int=number), email=ADA.email, purpose="verify_email", code_sha256=b"c" * 32, attempts=0,
            created_at=EPOCH + number * MICROSECOND, expires_at=LATER, verified_at=None,
        )
        for number in range(3)
    ]  # fmt: skip
    for one in made:
        challenges.add(one)

    recent = challenges.of_email(ADA.email, since=EPOCH, limit=9)
    withdrawn = [challenges.withdraw(made[0].id) for _ in range(2)]

    assert recent == [EPOCH + 2 * MICROSECOND, EPOCH + MICROSECOND]
    assert challenges.of_email(EVE.email, since=EPOCH, limit=9) == []
    assert withdrawn == [True, False]
    assert challenges.get(made[0].id) is None
    assert [challenges.delete_expired(at) for at in (EPOCH, LATER)] == [0, 2]


def test_turn_comes_at_once_when_nobody_has_it(connection: Connection) -> None:
    """Who has the turn may ask for it again, and for another, and the transaction goes on."""
    for thing in ("a", "a", "b", "\N{GREEK SMALL LETTER ALPHA}"):
        wait_for_turn(connection, thing)

    assert _count(connection, auth.users) == 2
