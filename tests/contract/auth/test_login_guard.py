"""`LoginGuard`: whoever fails too often waits, as long as it takes and no longer."""

from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend_v2.auth.login_guard import LoginGuard, network
from backend_v2.auth.records import Event, User
from backend_v2.config import Config
from backend_v2.db.database import Database
from backend_v2.db.tables import auth
from backend_v2.errors import NotFound, TooManyRequests, Unauthorized
from diglot.client import Client
from diglot.isolation.facade import Diglot
from diglot.passkey import Fault
from tests.contract.auth.conftest import Elsewhere
from tests.contract.conftest import EPOCH, ManualClock, Person

LIE = Fault(flip_signature=True)
CODE = {"email": "nobody@example.com", "code": "0000-0000-0000-0000"}
REDEEM = "/api/auth/backup-codes/redeem"


def _fail(person: Person, clock: ManualClock, minute: int) -> int:
    clock.instant = EPOCH
    clock.advance(minutes=minute)
    return person.login(fault=LIE).status_code


def test_guard_lets_a_user_in_again_when_the_oldest_failure_is_old(signed_in: Person, clock: ManualClock) -> None:
    """`Retry-After` names the moment when the oldest of five failures leaves the quarter of an hour."""
    failures = [_fail(signed_in, clock, minute) for minute in range(5)]
    refused = signed_in.login()
    clock.advance(seconds=int(refused.headers["Retry-After"]), microseconds=-1)
    still = signed_in.login()
    clock.advance(microseconds=1)
    accepted = signed_in.login()

    assert failures == [401] * 5
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(11 * 60))
    assert (still.status_code, still.headers["Retry-After"]) == (429, "1")
    assert accepted.status_code == 200


def test_guard_is_not_filled_by_what_it_refused(signed_in: Person, clock: ManualClock) -> None:
    """Whoever goes on trying while they are refused does not wait any longer for it."""
    failures = [signed_in.login(fault=LIE).status_code for _ in range(5)]
    clock.advance(minutes=14)
    refused = [signed_in.login(fault=LIE).status_code for _ in range(3)]
    clock.advance(minutes=1)

    assert (failures, refused) == ([401] * 5, [429] * 3)
    assert signed_in.login().status_code == 200


def test_guard_of_one_user_is_no_other_ones(signed_in: Person, other: Person) -> None:
    """Who fails for one user keeps another from nothing."""
    failures = [signed_in.login(fault=LIE).status_code for _ in range(6)]

    assert failures[-1] == 429
    assert other.login().status_code == 200


def test_guard_counts_passkeys_and_backup_codes_together(signed_in: Person, codes: list[str]) -> None:
    """Five failures of either kind are five failures of one user."""
    lies = [signed_in.login(fault=LIE).status_code for _ in range(3)]
    guesses = [signed_in.client.post(REDEEM, json={**CODE, "email": signed_in.email}).status_code for _ in range(3)]

    assert (lies, guesses) == ([401] * 3, [401, 401, 429])
    assert signed_in.login().status_code == 429


@pytest.mark.parametrize("path", ["/api/auth/login/options", "/api/auth/login", REDEEM])
def test_guard_shuts_an_address_out_of_every_door(
    signed_in: Person, stranger: Client, elsewhere: Elsewhere, path: str
) -> None:
    """Twenty failures shut an address out of logins of every kind, and of the options for them."""
    bodies = {"/api/auth/login": {"credential": {"response": {}}}, REDEEM: CODE}
    guesses = [stranger.post(REDEEM, json={**CODE, "email": f"{number}@example.com"}) for number in range(20)]

    refused = stranger.post(path, json=bodies.get(path, {}))
    spared = elsewhere("10.0.0.1").post(path, json=bodies.get(path, {}))

    assert {one.status_code for one in guesses} == {401}
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert spared.status_code != 429


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
        ("unknown", "unknown"),
    ],
)
def test_guard_counts_a_household_as_one(address: str, counted: str) -> None:
    """Of IPv6 everybody has 2**64 addresses: those of one network count as one."""
    assert network(address) == counted


@pytest.fixture
def guard(diglot: Diglot, config: Config, clock: ManualClock) -> LoginGuard:
    """The guard itself."""
    return LoginGuard(Database(diglot.engine), config, clock)


@pytest.fixture
def noted(diglot: Diglot) -> Callable[[], list[str]]:
    """Says what is noted of tries."""

    def reasons() -> list[str]:
        with diglot.connect() as connection:
            table = auth.login_attempts
            return list(connection.scalars(sa.select(table.c.reason).order_by(table.c.id)))

    return reasons


def test_attempt_counts_until_it_is_known_how_it_went(guard: LoginGuard, noted: Callable[[], list[str]]) -> None:
    """A try is noted before anything is verified; one that breaks off stays, as if it had failed."""
    with pytest.raises(ZeroDivisionError), guard.attempt("192.0.2.1"):
        during = noted()
        raise ZeroDivisionError

    assert during == noted() == ["unfinished"]


def test_attempt_that_failed_stays(guard: LoginGuard, noted: Callable[[], list[str]]) -> None:
    """A failed try stays, with its reason; of a user who has gone meanwhile it names none."""
    with pytest.raises(Unauthorized), guard.attempt("192.0.2.1") as attempt:
        guard.failed(attempt, Event(EPOCH, "login_failed", UUID(int=7), detail={"reason": "no luck"}))
        raise Unauthorized

    assert noted() == ["no luck"]


def test_attempt_for_a_user_who_has_gone_is_one_for_a_stranger(
    guard: LoginGuard, noted: Callable[[], list[str]]
) -> None:
    """Whoever is deleted while they log in is counted like an email that is no user's."""
    gone = User(UUID(int=7), b"h", "gone@example.com", "Gone", False, None, EPOCH)

    with guard.attempt("192.0.2.1") as attempt:
        guard.claim(attempt, email=gone.email, user=gone)

    assert noted()[0].startswith("no such user ")


def test_attempt_at_nothing_is_taken_back(guard: LoginGuard, noted: Callable[[], list[str]]) -> None:
    """Where nothing was tried, nothing counts."""
    with pytest.raises(NotFound), guard.attempt("192.0.2.1"):
        raise NotFound

    assert noted() == []


def test_check_and_attempt_agree(guard: LoginGuard) -> None:
    """What `check` refuses, `attempt` refuses too."""
    for_good = [guard.attempt("192.0.2.1").__enter__() for _ in range(20)]

    with pytest.raises(TooManyRequests):
        guard.check(ip_address="192.0.2.1")
    with pytest.raises(TooManyRequests), guard.attempt("192.0.2.1"):
        pytest.fail("it was let through")
    assert len(set(for_good)) == 20


def test_stranger_is_noted_without_the_email(stranger: Client, noted: Callable[[], list[str]]) -> None:
    """Of an email that is no user's a digest is kept, which says nothing to who reads it."""
    stranger.post(REDEEM, json=CODE)

    (reason,) = noted()

    assert reason.startswith("no such user ")
    assert "nobody" not in reason.removeprefix("no such user ")


def test_old_tries_are_deleted(signed_in: Person, clock: ManualClock, noted: Callable[[], list[str]]) -> None:
    """What is a month old goes with the next try."""
    signed_in.login(fault=LIE)
    clock.advance(days=30)

    signed_in.login()

    assert noted() == []
