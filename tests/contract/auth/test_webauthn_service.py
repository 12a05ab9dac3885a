"""What the WebAuthn library leaves to the application, one by one; each is refused here."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import auth
from diglot.isolation.facade import Diglot
from diglot.passkey import Authenticator, Fault, Flag
from tests.contract.conftest import ORIGIN, ManualClock, Person

LIES = {
    "other origin": Fault(origin="https://evil.example.net"),
    "other relying party": Fault(rp_id="evil.example.net"),
    "other type": Fault(type="webauthn.create"),
    "flipped signature": Fault(flip_signature=True),
    "no user verification": Fault(clear=Flag.UV),
    "no user presence": Fault(clear=Flag.UP),
    "cross-origin frame": Fault(cross_origin=True),
    "another user's handle": Fault(user_handle=b"somebody else"),
    "backup eligibility changed": Fault(set=Flag.BE),
    "backed up without being eligible": Fault(set=Flag.BS),
    "counter stands still": Fault(sign_count=1),
    "counter goes back": Fault(sign_count=0),
    "unknown credential": Fault(credential_id=b"z" * 32),
}
REGISTRATION_LIES = {
    "other origin": Fault(origin="https://evil.example.net"),
    "other relying party": Fault(rp_id="evil.example.net"),
    "other type": Fault(type="webauthn.get"),
    "no user verification": Fault(clear=Flag.UV),
    "no user presence": Fault(clear=Flag.UP),
    "cross-origin frame": Fault(cross_origin=True),
    "backed up without being eligible": Fault(set=Flag.BS),
}


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_login_refuses_a_lie(signed_in: Person, lie: str) -> None:
    """Each lie is refused with the same words, and an honest login still works afterwards."""
    signed_in.client.cookies.clear()

    answer = signed_in.login(fault=LIES[lie])

    assert answer.status_code == 401
    assert answer.json()["detail"] == "the passkey could not be verified"
    assert signed_in.client.get("/api/auth/session").status_code == 401
    assert signed_in.login().status_code == 200


@pytest.mark.parametrize("lie", REGISTRATION_LIES, ids=str)
def test_register_refuses_a_lie(person: Person, lie: str) -> None:
    """Each lie at registration is refused, and nobody is registered."""
    answer = person.register(fault=REGISTRATION_LIES[lie])

    assert answer.status_code == 400
    assert person.client.get("/api/auth/session").status_code == 401
    assert person.register().status_code == 201


def test_challenge_is_used_up_by_a_failed_login(signed_in: Person) -> None:
    """A challenge is consumed before anything is verified: the second try with it is refused."""
    options = signed_in.client.post("/api/auth/login/options", json={}).json()
    lie = signed_in.authenticator.get(options, origin=ORIGIN, fault=Fault(flip_signature=True))
    honest = signed_in.authenticator.get(options, origin=ORIGIN)

    first = signed_in.client.post("/api/auth/login", json={"credential": lie})
    second = signed_in.client.post("/api/auth/login", json={"credential": honest})

    assert first.status_code == 401
    assert second.status_code == 400
    assert "challenge" in second.json()["detail"]


def test_challenge_is_used_up_by_a_login(person: Person) -> None:
    """A recorded assertion cannot be played back, even by a synced passkey, which counts nothing."""
    person.authenticator = Authenticator(counts=False, backup_eligible=True, backed_up=True)
    person.register()
    options = person.client.post("/api/auth/login/options", json={}).json()
    answer = person.authenticator.get(options, origin=ORIGIN)

    first = person.client.post("/api/auth/login", json={"credential": answer})
    second = person.client.post("/api/auth/login", json={"credential": answer})

    assert (first.status_code, second.status_code) == (200, 400)


def test_challenge_expires(signed_in: Person, clock: ManualClock) -> None:
    """Five minutes after it was handed out a challenge is worth nothing."""
    options = signed_in.client.post("/api/auth/login/options", json={}).json()
    answer = signed_in.authenticator.get(options, origin=ORIGIN)
    clock.advance(minutes=5)

    response = signed_in.client.post("/api/auth/login", json={"credential": answer})

    assert response.status_code == 400


def test_challenge_of_one_ceremony_is_refused_in_the_other(signed_in: Person) -> None:
    """A challenge to register is none to log in."""
    registration = signed_in.client.post("/api/auth/register/options", json={}).json()["publicKey"]
    options = {"challenge": registration["challenge"], "rpId": "localhost", "userVerification": "required"}
    answer = signed_in.authenticator.get(options, origin=ORIGIN)

    response = signed_in.client.post("/api/auth/login", json={"credential": answer})

    assert response.status_code == 400


def test_challenge_of_one_user_is_refused_from_another(signed_in: Person, other: Person) -> None:
    """A passkey made for one user's challenge is not added to another's account."""
    options = signed_in.client.post("/api/auth/register/options", json={}).json()
    answer = Authenticator().create(options, origin=ORIGIN)

    response = other.client.post("/api/auth/register", json={"credential": answer})

    assert response.status_code == 401


def test_login_goes_on_counting(signed_in: Person) -> None:
    """A counter that rises is accepted again and again."""
    codes = [signed_in.login().status_code for _ in range(3)]

    assert codes == [200, 200, 200]


def test_login_remembers_the_last_counter(signed_in: Person) -> None:
    """A counter that was seen at the last login is refused at the next one."""
    first = signed_in.login()

    cloned = signed_in.login(fault=Fault(sign_count=2))

    assert (first.status_code, cloned.status_code) == (200, 401)


def test_login_of_a_suspended_user_is_refused(signed_in: Person, diglot: Diglot, clock: ManualClock) -> None:
    """A suspended user is out at once, and stays out."""
    with diglot.connect() as connection:
        connection.execute(sa.update(auth.users).values(suspended_at=clock()))

    inside = signed_in.client.get("/api/auth/session")
    login = signed_in.login()

    assert (inside.status_code, login.status_code) == (401, 401)


@pytest.mark.parametrize(
    "damage",
    [
        {"clientDataJSON": "!!!"},
        {"clientDataJSON": "W10"},
        {"authenticatorData": "c2hvcnQ"},
        {"signature": None},
        {"signature": 7},
    ],
    ids=str,
)
def test_login_with_a_malformed_answer_is_no_server_error(signed_in: Person, damage: dict[str, object]) -> None:
    """Whatever the answer's parts are, the status is 400 or 401."""
    options = signed_in.client.post("/api/auth/login/options", json={}).json()
    answer = signed_in.authenticator.get(options, origin=ORIGIN)
    answer["response"] = {**answer["response"], **damage}

    response = signed_in.client.post("/api/auth/login", json={"credential": answer})

    assert response.status_code in {400, 401}


def test_token_is_stored_only_as_its_digest(signed_in: Person, diglot: Diglot) -> None:
    """Who reads the database cannot sign in with what is there."""
    token = signed_in.client.cookies["raptor_session"]

    with diglot.connect() as connection:
        (row,) = connection.execute(sa.select(auth.customer_sessions)).all()

    assert token.encode() not in b" ".join(value for value in row if isinstance(value, bytes))
    assert token not in " ".join(str(value) for value in row)


def test_every_event_is_in_the_audit_log(signed_in: Person, diglot: Diglot) -> None:
    """What happened can be read afterwards, in order, with the request's id."""
    signed_in.login(fault=replace(LIES["counter goes back"]))
    signed_in.login()
    signed_in.client.post("/api/auth/logout")

    with diglot.connect() as connection:
        table = auth.audit_log
        rows = connection.execute(sa.select(table.c.event, table.c.request_id).order_by(table.c.id)).all()

    assert [event for event, _ in rows] == ["user_registered", "login_failed", "login", "session_revoked"]
    assert all(request_id for _, request_id in rows)
