"""Sessions: what their cookie says, how long they live, when they end."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from backend_v2.app import create_app
from backend_v2.auth.repositories import SessionRepository
from backend_v2.config import Config
from backend_v2.db.tables import auth
from diglot.client import Client, client_for
from diglot.isolation.facade import Diglot
from tests.contract.auth.conftest import code_in
from tests.contract.conftest import EPOCH, ManualClock, Person
from tests.standins.postmark import PostmarkStandIn

URL = "/api/auth/session"
MICROSECOND = timedelta(microseconds=1)
IDLE, ABSOLUTE = timedelta(hours=12), timedelta(days=30)


def _flags(cookie: str) -> set[str]:
    return {part.strip() for part in cookie.split(";")[1:]}


@pytest.mark.parametrize(
    ("origins", "secure"),
    [
        (("https://app.example.com",), {"Secure"}),
        (("http://localhost", "https://app.example.com"), {"Secure"}),
        (("http://localhost:5173",), set()),
    ],
    ids=["https", "both", "http on this machine"],
)
def test_cookie_is_for_https_alone_unless_all_origins_are_local(
    signed_in: Person, codes: list[str], diglot: Diglot, origins: tuple[str, ...], secure: set[str]
) -> None:
    """Where any origin is https the cookie is `Secure`; it is never for scripts or other sites, set or taken away."""
    app = create_app(diglot.engine, config=Config(origins=origins), clock=ManualClock())
    with client_for(app) as client:
        body = {"email": signed_in.email, "code": codes[0]}
        given = client.post("/api/auth/backup-codes/redeem", json=body).headers["Set-Cookie"]
        taken = client.post("/api/auth/logout", headers={"Cookie": given.split(";")[0]}).headers["Set-Cookie"]

    assert _flags(given) == {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000", *secure, _expiry(given)}
    assert _flags(taken) == {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=0", *secure, _expiry(taken)}


def _expiry(cookie: str) -> str:
    return next(flag for flag in _flags(cookie) if flag.startswith("Expires="))


def test_login_gives_a_token_of_its_own(signed_in: Person) -> None:
    """Each login has a new token, which nobody could have planted before."""
    planted = signed_in.client.cookies["raptor_session"]

    signed_in.login()

    again = signed_in.client.cookies["raptor_session"]
    signed_in.login()
    assert len({planted, again, signed_in.client.cookies["raptor_session"]}) == 3
    assert min(len(planted), len(again)) >= 43


def test_token_that_somebody_planted_never_opens_anything(person: Person, stranger: Client) -> None:
    """A cookie that was set before a login is worth as little afterwards."""
    person.client.cookies.set("raptor_session", "planted", domain="localhost.local", path="/")

    person.register()

    stranger.cookies.set("raptor_session", "planted")
    assert stranger.get(URL).status_code == 401


@pytest.mark.parametrize(
    ("after", "status"), [(IDLE - MICROSECOND, 200), (IDLE, 401)], ids=["just before", "at the limit"]
)
def test_session_that_is_not_used_ends_after_twelve_hours(
    signed_in: Person, clock: ManualClock, after: timedelta, status: int
) -> None:
    """An idle session lives to the last microsecond of twelve hours."""
    clock.instant = EPOCH + after

    assert signed_in.client.get(URL).status_code == status


@pytest.mark.parametrize(
    ("after", "status"), [(IDLE - MICROSECOND, 200), (IDLE, 401)], ids=["just before", "at the limit"]
)
def test_session_that_is_used_lives_for_twelve_hours_more(
    signed_in: Person, clock: ManualClock, after: timedelta, status: int
) -> None:
    """Each use begins the twelve hours anew."""
    clock.instant = EPOCH + timedelta(hours=7)
    used = signed_in.client.get(URL)
    clock.instant += after

    assert used.json()["session"]["last_seen_at"] == "2024-06-03T19:00:00.123456Z"
    assert signed_in.client.get(URL).status_code == status


@pytest.mark.parametrize(
    ("after", "seen"),
    [(timedelta(minutes=1) - MICROSECOND, EPOCH), (timedelta(minutes=1), EPOCH + timedelta(minutes=1))],
    ids=["within a minute", "a minute later"],
)
def test_session_is_written_once_a_minute(
    signed_in: Person, clock: ManualClock, after: timedelta, seen: object
) -> None:
    """A page of twenty requests does not write the session twenty times."""
    clock.instant = EPOCH + after

    found = signed_in.client.get(URL).json()["session"]

    assert found["last_seen_at"] == str(seen).replace(" ", "T").replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("after", "status"), [(ABSOLUTE - MICROSECOND, 200), (ABSOLUTE, 401)], ids=["just before", "at the limit"]
)
def test_session_ends_after_thirty_days_however_much_it_is_used(
    signed_in: Person, clock: ManualClock, after: timedelta, status: int
) -> None:
    """The absolute limit is met to the microsecond."""
    used = [_use(signed_in, clock, EPOCH + timedelta(hours=11 * number)) for number in range(1, 66)]
    clock.instant = EPOCH + after

    assert used == [200] * 65
    assert signed_in.client.get(URL).status_code == status


def _use(person: Person, clock: ManualClock, at: Any) -> int:
    clock.instant = at
    return person.client.get(URL).status_code


def test_session_of_a_suspended_user_is_none_until_they_are_let_back_in(
    signed_in: Person, diglot: Diglot, clock: ManualClock
) -> None:
    """Suspension shuts every session out at the next request."""
    with diglot.connect() as connection:
        connection.execute(sa.update(auth.users).values(suspended_at=clock()))

    refused = [signed_in.client.get(path).status_code for path in (URL, "/api/auth/sessions", "/api/auth/events")]

    assert refused == [401] * 3


def _recover(person: Person, stranger: Client, postmark: PostmarkStandIn) -> None:
    sent = stranger.post("/api/auth/email/challenges", json={"email": person.email, "purpose": "recover"}).json()
    code = {"code": code_in(postmark)}
    assert stranger.post(f"/api/auth/email/challenges/{sent['challenge_id']}/verify", json=code).status_code == 200


def test_sessions_that_a_recovery_ended_are_ended_for_good(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn
) -> None:
    """What was revoked with a recovery can neither be used nor be revoked again."""
    old = signed_in.client.get(URL).json()["session"]["id"]

    _recover(signed_in, stranger, postmark)

    assert signed_in.client.get(URL).status_code == 401
    assert stranger.delete(f"/api/auth/sessions/{old}").status_code == 404


def test_one_user_never_sees_or_changes_what_is_anothers(signed_in: Person, other: Person, codes: list[str]) -> None:
    """Sessions, passkeys, codes and events of somebody else are absent from every list, and cannot be changed."""
    mine = [signed_in.client.get(f"/api/auth/{what}").text for what in ("sessions", "passkeys", "events")]
    session = signed_in.client.get(URL).json()["session"]["id"]
    passkey = signed_in.client.get("/api/auth/passkeys").json()["passkeys"][0]["id"]

    theirs = " ".join(other.client.get(f"/api/auth/{what}").text for what in ("sessions", "passkeys", "events"))
    state = other.client.get("/api/auth/backup-codes").json()
    other.client.post("/api/auth/backup-codes")
    changed = [
        other.client.delete(f"/api/auth/sessions/{session}").status_code,
        other.client.patch(f"/api/auth/passkeys/{passkey}", json={"name": "mine"}).status_code,
        other.client.delete(f"/api/auth/passkeys/{passkey}").status_code,
    ]

    assert session not in theirs
    assert passkey not in theirs
    assert state["total"] == 0
    assert changed == [404] * 3
    assert signed_in.client.get("/api/auth/backup-codes").json()["unused"] == 10
    assert [signed_in.client.get(f"/api/auth/{what}").text for what in ("sessions", "passkeys", "events")] == mine


@pytest.mark.parametrize("path", ["/api/auth/sessions", "/api/auth/passkeys"])
def test_lists_cost_one_statement_however_long(
    signed_in: Person, diglot: Diglot, clock: ManualClock, path: str
) -> None:
    """The lists cost as many statements for eight rows as for one."""
    diglot.statements.clear()
    signed_in.client.get(path)
    few = len(diglot.statements)
    registered = [_register_another(signed_in, clock) for _ in range(4)]
    diglot.statements.clear()

    signed_in.client.get(path)

    assert registered == [(201, 200)] * 4
    assert len(diglot.statements) == few <= 2


def _register_another(person: Person, clock: ManualClock) -> tuple[int, int]:
    clock.advance(seconds=1)
    person.authenticator = type(person.authenticator)()
    return person.register(name="another").status_code, person.login().status_code


def test_sessions_that_ended_long_ago_are_deleted(signed_in: Person, diglot: Diglot, clock: ManualClock) -> None:
    """A session that expired a month ago goes when the next one is opened, and none before."""
    clock.instant = EPOCH + IDLE + timedelta(days=30) - MICROSECOND
    signed_in.login()
    with diglot.connect() as connection:
        before = connection.scalar(sa.select(sa.func.count()).select_from(auth.customer_sessions))
    clock.instant += MICROSECOND
    signed_in.login()

    with diglot.connect() as connection:
        after = connection.scalar(sa.select(sa.func.count()).select_from(auth.customer_sessions))
    assert (before, after) == (2, 2)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "session"), ("GET", "sessions"), ("DELETE", f"sessions/{'0' * 8}-0000-0000-0000-{'0' * 12}"),
        ("GET", "passkeys"), ("PATCH", f"passkeys/{'0' * 8}-0000-0000-0000-{'0' * 12}"),
        ("DELETE", f"passkeys/{'0' * 8}-0000-0000-0000-{'0' * 12}"), ("POST", "logout"), ("DELETE", "account"),
        ("POST", "register/options"),
    ],
)  # fmt: skip
def test_stranger_is_told_to_sign_in(stranger: Client, method: str, path: str) -> None:
    """Without a session nothing of anybody's is reached."""
    body = {"PATCH": {"name": "mine"}, "POST": {}}.get(method)

    assert stranger.request(method, f"/api/auth/{path}", json=body).status_code == 401


def test_session_that_ends_meanwhile_is_no_session(
    signed_in: Person, diglot: Diglot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that is revoked between the guard and the answer is 401, as if it had been before."""
    monkeypatch.setattr(SessionRepository, "get", lambda *_, **__: None)

    assert signed_in.client.get(URL).status_code == 401
