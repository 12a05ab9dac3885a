"""Limits and secrets that are good once, tried by many at once on true connections.

Each test holds those who have looked until all have, or until it is certain that a lock keeps the others
from looking; so without the lock all of them would pass.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend_v2.auth import login_guard
from backend_v2.auth.records import EmailChallenge
from backend_v2.auth.repositories import (
    BackupCodeRepository,
    BootstrapTokenRepository,
    EmailChallengeRepository,
    LoginAttemptRepository,
    PasskeyRepository,
    SessionRepository,
    UserRepository,
)
from backend_v2.db.tables import auth
from diglot.client import Client
from diglot.isolation.facade import Diglot
from diglot.passkey import Fault
from tests.contract.auth.conftest import Elsewhere, code_in, wrong
from tests.contract.conftest import EPOCH, ORIGIN, Person, make_admin
from tests.standins.postmark import PostmarkStandIn

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]

Pause = Callable[..., None]


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> Pause:
    """Makes callers of a method wait for each other after it, or before it, for a second at most."""

    def at(owner: type, name: str, barrier: threading.Barrier, *, before: bool = False) -> None:
        method = getattr(owner, name)

        def paused(self: Any, *args: Any, **kwargs: Any) -> Any:
            found = None if before else method(self, *args, **kwargs)
            with suppress(threading.BrokenBarrierError):  # a lock lets only one of them come here
                barrier.wait(1)
            return method(self, *args, **kwargs) if before else found

        monkeypatch.setattr(owner, name, paused)

    return at


@pytest.fixture
def clients(elsewhere: Elsewhere) -> Callable[[int], list[Client]]:
    """Makes clients at one address, each with cookies of its own."""
    return lambda count: [elsewhere("192.0.2.1") for _ in range(count)]


def _at_once(calls: list[Callable[[], int]]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return sorted(one.result(60) for one in [threads.submit(call) for call in calls])


def _posts(clients: list[Client], path: str, bodies: list[dict[str, Any]]) -> list[Callable[[], int]]:
    pairs = zip(clients, bodies, strict=True)
    return [lambda one=one, body=body: one.post(path, json=body).status_code for one, body in pairs]  # type: ignore[misc]


def test_backup_code_is_redeemed_by_one_of_two(
    signed_in: Person, codes: list[str], clients: Callable[[int], list[Client]], pause: Pause
) -> None:
    """Of two requests with the same code one opens a session."""
    pause(UserRepository, "lock", threading.Barrier(2), before=True)
    pause(BackupCodeRepository, "redeem", threading.Barrier(2), before=True)
    body = {"email": signed_in.email, "code": codes[0]}

    answers = _at_once(_posts(clients(2), "/api/auth/backup-codes/redeem", [body] * 2))

    assert answers == [200, 401]
    assert signed_in.client.get("/api/auth/backup-codes").json()["unused"] == 9


def test_backup_code_is_redeemed_by_one_of_two_transactions(
    signed_in: Person, codes: list[str], diglot: Diglot
) -> None:
    """The statement alone gives a code to one of two transactions: the second waits, and finds it used."""
    with diglot.connect() as connection:
        row = connection.execute(sa.select(auth.backup_codes).limit(1)).one()
    both_began = threading.Barrier(2)

    def redeem() -> int:
        with diglot.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            both_began.wait(10)
            return int(BackupCodeRepository(connection).redeem(row.user_id, row.code_hash, at=row.created_at))

    assert _at_once([redeem, redeem]) == [0, 1]


def test_backup_codes_made_twice_at_once_are_ten(signed_in: Person, diglot: Diglot, pause: Pause) -> None:
    """Two requests for new codes leave the ten of one of them."""
    pause(BackupCodeRepository, "replace", threading.Barrier(2), before=True)
    make = _posts([signed_in.client] * 2, "/api/auth/backup-codes", [{}] * 2)

    answers = _at_once(make)

    assert answers == [201, 201]
    assert signed_in.client.get("/api/auth/backup-codes").json()["total"] == 10


@pytest.mark.parametrize("email", ["new@example.com", "ada@example.com"], ids=["a new user", "a user"])
def test_bootstrap_token_is_redeemed_by_one_of_two(
    signed_in: Person, clients: Callable[[int], list[Client]], diglot: Diglot, pause: Pause, email: str
) -> None:
    """Of two requests with the same token one opens a session, and at most one user is created."""
    make_admin(diglot, signed_in.email)
    token = signed_in.client.post("/api/auth/bootstrap-tokens", json={"email": email}).json()["token"]
    pause(BootstrapTokenRepository, "find", threading.Barrier(2))

    answers = _at_once(_posts(clients(2), "/api/auth/bootstrap-tokens/redeem", [{"token": token}] * 2))

    with diglot.connect() as connection:
        users = connection.scalar(
            sa.select(sa.func.count()).select_from(auth.users).where(auth.users.c.email == email)
        )
        redeemed = sa.select(sa.func.count()).select_from(auth.audit_log)
        events = connection.scalar(redeemed.where(auth.audit_log.c.event == "bootstrap_token_redeemed"))
    assert answers == [200, 401]
    assert (users, events) == (1, 1)


def _challenge(person: Person, client: Client) -> str:
    sent = client.post("/api/auth/email/challenges", json={"email": person.email, "purpose": "recover"}).json()
    return f"/api/auth/email/challenges/{sent['challenge_id']}/verify"


def test_email_code_is_guessed_five_times_by_any_number_at_once(
    signed_in: Person,
    stranger: Client,
    clients: Callable[[int], list[Client]],
    postmark: PostmarkStandIn,
    pause: Pause,
) -> None:
    """Ten guesses at once are five attempts; the others are refused unseen."""
    path = _challenge(signed_in, stranger)
    guess = {"code": wrong(code_in(postmark))}
    pause(EmailChallengeRepository, "get", threading.Barrier(10))

    answers = _at_once(_posts(clients(10), path, [guess] * 10))

    assert answers == [401] * 5 + [429] * 5


def test_email_code_opens_one_session(
    signed_in: Person,
    stranger: Client,
    clients: Callable[[int], list[Client]],
    postmark: PostmarkStandIn,
    pause: Pause,
) -> None:
    """Of two requests with the right code one recovers the account."""
    path = _challenge(signed_in, stranger)
    code = {"code": code_in(postmark)}
    pause(EmailChallengeRepository, "count_attempt", threading.Barrier(2))

    answers = _at_once(_posts(clients(2), path, [code] * 2))

    assert answers == [200, 401]


def test_email_code_that_was_just_used_is_used(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn, diglot: Diglot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A challenge that somebody else meets after it was read is used, and not locked."""
    path = _challenge(signed_in, stranger)
    read = EmailChallengeRepository.get

    def read_and_be_overtaken(self: EmailChallengeRepository, challenge_id: UUID) -> EmailChallenge | None:
        found = read(self, challenge_id)
        with diglot.connect() as connection:
            EmailChallengeRepository(connection).complete(challenge_id, now=EPOCH)
        return found

    monkeypatch.setattr(EmailChallengeRepository, "get", read_and_be_overtaken)

    assert stranger.post(path, json={"code": code_in(postmark)}).status_code == 401


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_email_challenges_are_five_an_hour_for_any_number_at_once(
    signed_in: Person, clients: Callable[[int], list[Client]], postmark: PostmarkStandIn, pause: Pause, email: str
) -> None:
    """Of nine requests at once for one address five are sent, be it a user's or not."""
    pause(EmailChallengeRepository, "of_email", threading.Barrier(9))
    body = {"email": email, "purpose": "recover"}

    answers = _at_once(_posts(clients(9), "/api/auth/email/challenges", [body] * 9))

    assert answers == [202] * 5 + [429] * 4
    assert len(postmark.sent) == 5


def test_guard_lets_five_failures_of_a_user_pass_of_any_number_at_once(
    signed_in: Person, clients: Callable[[int], list[Client]], pause: Pause
) -> None:
    """Of eight lies told at once five are looked at."""
    visitors = clients(8)
    options = [one.post("/api/auth/login/options", json={}).json() for one in visitors]
    lie = Fault(flip_signature=True)
    lies = [{"credential": signed_in.authenticator.get(one, origin=ORIGIN, fault=lie)} for one in options]
    pause(LoginAttemptRepository, "of_user", threading.Barrier(8))

    answers = _at_once(_posts(visitors, "/api/auth/login", lies))

    assert answers == [401] * 5 + [429] * 3


def test_guard_lets_five_failures_of_a_stranger_pass_of_any_number_at_once(
    clients: Callable[[int], list[Client]], pause: Pause
) -> None:
    """Of eight guesses at once for an email that is no user's five are looked at, as for a user."""
    body = {"email": "nobody@example.com", "code": "0000-0000-0000-0000"}
    pause(LoginAttemptRepository, "of_stranger", threading.Barrier(8))

    answers = _at_once(_posts(clients(8), "/api/auth/backup-codes/redeem", [body] * 8))

    assert answers == [401] * 5 + [429] * 3


def test_guard_lets_as_many_failures_of_an_address_pass_as_its_limit_of_any_number_at_once(
    clients: Callable[[int], list[Client]], pause: Pause, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of eight guesses at once from one address, for eight emails, no more are looked at than its limit."""
    monkeypatch.setattr(login_guard, "PER_ADDRESS", 3)
    bodies = [{"email": f"{number}@example.com", "code": "0000-0000-0000-0000"} for number in range(8)]
    pause(LoginAttemptRepository, "of_address", threading.Barrier(8))

    answers = _at_once(_posts(clients(8), "/api/auth/backup-codes/redeem", bodies))

    assert answers == [401] * 3 + [429] * 5


def test_login_and_deletion_at_once_do_not_wait_in_a_circle(
    signed_in: Person, clients: Callable[[int], list[Client]], pause: Pause
) -> None:
    """An account is deleted after the login that has begun, which it waits for before it takes anything."""
    (client,) = clients(1)
    options = client.post("/api/auth/login/options", json={}).json()
    body = {"credential": signed_in.authenticator.get(options, origin=ORIGIN)}
    passkey_is_taken = threading.Barrier(2)
    pause(PasskeyRepository, "record_use", passkey_is_taken)
    pause(SessionRepository, "add", threading.Barrier(2), before=True)  # until the deletion waits

    def delete() -> int:
        passkey_is_taken.wait(10)
        return signed_in.client.delete("/api/auth/account").status_code

    answers = _at_once([lambda: client.post("/api/auth/login", json=body).status_code, delete])

    assert answers == [200, 204]
    assert client.get("/api/auth/session").status_code == 401
