"""What only one of two may do, tried by two at once on true connections."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from backend_v2.auth.records import Challenge, Passkey
from backend_v2.auth.repositories import ChallengeRepository, PasskeyRepository
from backend_v2.db.tables import auth
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH, ManualClock, Person

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]


def test_consume_gives_a_challenge_to_one_of_two(diglot: Diglot) -> None:
    """Two transactions that consume the same challenge at once: one gets it, the other nothing."""
    challenge = Challenge(uuid4(), b"c" * 32, "login", None, None, None, None, EPOCH, EPOCH.replace(year=2025))
    with diglot.connect() as connection:
        ChallengeRepository(connection).add(challenge)
    both_began = threading.Barrier(2)

    def consume() -> Challenge | None:
        with diglot.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
            both_began.wait(10)
            return ChallengeRepository(connection).consume(challenge.challenge, ceremony="login")

    with ThreadPoolExecutor(2) as threads:
        taken = [one.result(30) for one in [threads.submit(consume) for _ in range(2)]]

    assert sorted(one is None for one in taken) == [False, True]


def test_revoke_never_takes_the_last_two_passkeys(
    signed_in: Person, diglot: Diglot, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two requests that revoke a user's last two passkeys at once, one is refused."""
    clock.advance(seconds=1)
    signed_in.authenticator = type(signed_in.authenticator)()
    signed_in.register(name="second")
    ids = [one["id"] for one in signed_in.client.get("/api/auth/passkeys").json()["passkeys"]]
    both_have_looked = threading.Barrier(2)
    look = PasskeyRepository.of_user

    def look_and_wait(self: PasskeyRepository, user_id: UUID) -> list[Passkey]:
        found = look(self, user_id)
        with suppress(threading.BrokenBarrierError):  # with the lock only one can have looked
            both_have_looked.wait(1)
        return found

    monkeypatch.setattr(PasskeyRepository, "of_user", look_and_wait)

    def revoke(passkey_id: str) -> int:
        return signed_in.client.delete(f"/api/auth/passkeys/{passkey_id}").status_code

    with ThreadPoolExecutor(2) as threads:
        codes = [one.result(30) for one in [threads.submit(revoke, one) for one in ids]]

    assert sorted(codes) == [204, 409]
    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(auth.webauthn_credentials)) == 1
