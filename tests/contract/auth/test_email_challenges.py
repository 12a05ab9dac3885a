"""The routes under `/api/auth/email`: six digits show that somebody reads an address."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import auth
from backend_v2.http.outgoing import Response
from diglot.client import Client
from diglot.isolation.facade import Diglot
from tests.contract.auth.conftest import Elsewhere, code_in, wrong
from tests.contract.conftest import ManualClock, Person
from tests.standins.postmark import PostmarkStandIn

URL = "/api/auth/email/challenges"
NOBODY = "nobody@example.com"
REFUSED = "the code is wrong, used or expired"


def _send(client: Client, email: str, purpose: str = "recover") -> Response:
    return client.post(URL, json={"email": email, "purpose": purpose})


def _verify(client: Client, challenge: dict[str, Any], code: str) -> Response:
    return client.post(f"{URL}/{challenge['challenge_id']}/verify", json={"code": code})


def test_challenge_is_mailed_to_the_address(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn, clock: ManualClock
) -> None:
    """The answer says until when the code is good; the code itself is in the mail alone."""
    answer = _send(stranger, "Ada@Example.com")

    code = code_in(postmark)
    clock.advance(minutes=10)
    assert answer.status_code == 202
    assert answer.json().keys() == {"challenge_id", "expires_at"}
    assert answer.json()["expires_at"] == clock().isoformat().replace("+00:00", "Z")
    assert [one["To"] for one in postmark.sent] == [signed_in.email]
    assert code not in answer.text.replace(answer.json()["challenge_id"], "")


def test_recovery_opens_a_session_and_ends_all_others(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn
) -> None:
    """Who has the mailbox is let in, and whoever else was signed in is out."""
    challenge = _send(stranger, signed_in.email).json()

    answer = _verify(stranger, challenge, code_in(postmark))

    sessions = stranger.get("/api/auth/sessions").json()["sessions"]
    assert answer.status_code == 200
    assert answer.json()["verified"] is True
    assert answer.json()["user"]["email"] == signed_in.email
    assert [one["id"] for one in sessions] == [answer.json()["session"]["id"]]
    assert signed_in.client.get("/api/auth/session").status_code == 401


def test_recovery_leaves_other_users_signed_in(
    signed_in: Person, other: Person, stranger: Client, postmark: PostmarkStandIn
) -> None:
    """Only the sessions of the one who recovers end."""
    challenge = _send(stranger, signed_in.email).json()

    _verify(stranger, challenge, code_in(postmark))

    assert other.client.get("/api/auth/session").status_code == 200


def test_verification_is_of_the_signed_in_users_own_address(
    signed_in: Person, postmark: PostmarkStandIn, diglot: Diglot
) -> None:
    """The code of the mail verifies the address; no session is opened, and none ends."""
    challenge = _send(signed_in.client, signed_in.email, "verify_email").json()

    answer = _verify(signed_in.client, challenge, code_in(postmark))

    with diglot.connect() as connection:
        last = connection.scalar(sa.select(auth.audit_log.c.event).order_by(auth.audit_log.c.id.desc()).limit(1))
    assert answer.json() == {"verified": True, "user": None, "session": None}
    assert "Set-Cookie" not in answer.headers
    assert last == "email_verified"
    assert signed_in.client.get("/api/auth/session").status_code == 200


def test_verification_of_what_is_not_ones_own_is_refused(
    signed_in: Person, other: Person, stranger: Client, postmark: PostmarkStandIn
) -> None:
    """Nobody sends a mail to an address that is not theirs by verifying it, be it a user's or not."""
    answers = [
        _send(stranger, signed_in.email, "verify_email"),
        _send(other.client, signed_in.email, "verify_email"),
        _send(other.client, NOBODY, "verify_email"),
    ]

    assert [one.status_code for one in answers] == [401, 403, 403]
    assert postmark.sent == []


def test_verification_is_not_found_by_anybody_else(
    signed_in: Person, other: Person, stranger: Client, postmark: PostmarkStandIn
) -> None:
    """Somebody else's challenge to verify an address is none, even with the right code, and costs no attempt."""
    challenge = _send(signed_in.client, signed_in.email, "verify_email").json()
    code = code_in(postmark)

    answers = [_verify(one, challenge, code).status_code for one in (other.client, stranger) for _ in range(3)]

    assert answers == [404] * 6
    assert _verify(signed_in.client, challenge, code).status_code == 200


def test_challenge_of_an_unknown_address_looks_like_any_other(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn
) -> None:
    """Same words, same shape: only the mail says that there is no account, and has no code."""
    known = _send(stranger, signed_in.email)
    code = wrong(code_in(postmark))
    unknown = _send(stranger, NOBODY)

    answers = [_verify(stranger, one.json(), code) for one in (unknown, known)]

    assert (known.status_code, unknown.status_code) == (202, 202)
    assert known.json().keys() == unknown.json().keys()
    assert known.json()["expires_at"] == unknown.json()["expires_at"]
    assert [one["To"] for one in postmark.sent] == [signed_in.email, NOBODY]
    assert "there is none" in postmark.sent[1]["TextBody"]
    assert not any(letter.isdigit() for letter in postmark.sent[1]["TextBody"])
    assert [(one.status_code, one.json()["detail"]) for one in answers] == [(401, REFUSED)] * 2


def test_challenge_of_an_unknown_address_costs_the_same_work(
    signed_in: Person, stranger: Client, diglot: Diglot
) -> None:
    """As many statements are run for an address that is no user's."""
    _send(stranger, signed_in.email)
    diglot.statements.clear()
    _send(stranger, signed_in.email)
    known = len(diglot.statements)
    diglot.statements.clear()

    _send(stranger, NOBODY)

    assert len(diglot.statements) == known


def test_challenge_is_met_once(signed_in: Person, stranger: Client, postmark: PostmarkStandIn) -> None:
    """A code that was right is used up."""
    challenge = _send(stranger, signed_in.email).json()

    answers = [_verify(stranger, challenge, code_in(postmark)) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 401]
    assert answers[1].json()["detail"] == REFUSED


def test_challenge_is_locked_after_five_attempts(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn, clock: ManualClock
) -> None:
    """Five wrong codes lock a challenge until it expires; the right one comes too late."""
    challenge = _send(stranger, signed_in.email).json()
    code = code_in(postmark)
    failures = [_verify(stranger, challenge, wrong(code)).status_code for _ in range(5)]
    clock.advance(minutes=1)

    locked = _verify(stranger, challenge, code)

    assert failures == [401] * 5
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "540")
    assert signed_in.client.get("/api/auth/session").status_code == 200


def test_challenge_takes_the_right_code_at_the_fifth_attempt(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn
) -> None:
    """Four wrong codes leave one attempt."""
    challenge = _send(stranger, signed_in.email).json()
    code = code_in(postmark)
    failures = [_verify(stranger, challenge, wrong(code)).status_code for _ in range(4)]

    answer = _verify(stranger, challenge, code)

    assert (*failures, answer.status_code) == (401, 401, 401, 401, 200)


def test_challenge_expires_after_ten_minutes(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn, clock: ManualClock
) -> None:
    """A code is good to the last microsecond of ten minutes, and then worth nothing."""
    first = _send(stranger, signed_in.email).json()
    code = code_in(postmark)
    second = _send(stranger, signed_in.email).json()
    clock.advance(minutes=10, microseconds=-1)
    in_time = _verify(stranger, first, code)
    clock.advance(microseconds=1)

    late = _verify(stranger, second, code_in(postmark))

    assert (in_time.status_code, late.status_code) == (200, 401)


def test_challenge_that_is_not_there_is_not_found(stranger: Client) -> None:
    """Nobody guesses a challenge's id."""
    assert _verify(stranger, {"challenge_id": uuid4()}, "000000").status_code == 404


def test_challenge_of_a_suspended_user_lets_nobody_in(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn, diglot: Diglot, clock: ManualClock
) -> None:
    """Whoever is suspended after the mail was sent is refused; whoever was before gets no code."""
    challenge = _send(stranger, signed_in.email).json()
    code = code_in(postmark)
    with diglot.connect() as connection:
        connection.execute(sa.update(auth.users).values(suspended_at=clock()))

    refused = _verify(stranger, challenge, code)
    _send(stranger, signed_in.email)

    assert (refused.status_code, "Set-Cookie" in refused.headers) == (401, False)
    assert "there is none" in postmark.sent[-1]["TextBody"]


@pytest.mark.parametrize("email", ["ada@example.com", NOBODY])
def test_challenges_of_one_address_are_five_an_hour(
    signed_in: Person, elsewhere: Elsewhere, postmark: PostmarkStandIn, clock: ManualClock, email: str
) -> None:
    """The sixth is refused, whoever asks, until the first is an hour old; users and others alike."""
    first = _send(elsewhere("10.0.0.0"), email).status_code
    clock.advance(minutes=5)
    sent = [first, *(_send(elsewhere(f"10.0.0.{number}"), email).status_code for number in range(1, 5))]

    refused = _send(elsewhere("10.0.0.9"), email)
    clock.advance(minutes=55)
    again = _send(elsewhere("10.0.0.9"), email)

    assert sent == [202] * 5
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(55 * 60))
    assert again.status_code == 202
    assert len(postmark.sent) == 6


def test_recoveries_asked_for_count_for_the_address_they_come_from(stranger: Client, elsewhere: Elsewhere) -> None:
    """Nobody has twenty-one strangers mailed from one address in a quarter of an hour."""
    sent = [_send(stranger, f"{number}@example.com").status_code for number in range(20)]

    refused, elsewhere_sent = (_send(one, "a@example.com") for one in (stranger, elsewhere("10.0.0.1")))

    assert sent == [202] * 20
    assert (refused.status_code, elsewhere_sent.status_code) == (429, 202)


@pytest.mark.parametrize("email", ["ada@example.com", NOBODY])
def test_challenge_that_cannot_be_mailed_is_withdrawn(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn, diglot: Diglot, email: str
) -> None:
    """When the mail is refused the answer is 502, and the challenge counts for nothing."""
    postmark.script = [500] * 6

    answers = [_send(stranger, email).status_code for _ in range(6)]

    with diglot.connect() as connection:
        tables = (auth.email_challenges, auth.login_attempts)
        left = [connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]
    assert answers == [502] * 6
    assert left == [0, 0]
    assert _send(stranger, email).status_code == 202


def test_challenge_is_stored_without_its_code(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn, diglot: Diglot
) -> None:
    """Neither the challenge nor the audit log holds the code; the digest takes a key that is not stored."""
    challenge = _send(stranger, signed_in.email).json()
    code = code_in(postmark)

    with diglot.connect() as connection:
        (row,) = connection.execute(sa.select(auth.email_challenges)).all()
        lines = connection.execute(sa.select(auth.audit_log.c.detail).order_by(auth.audit_log.c.id)).scalars().all()

    assert len(row.code_sha256) == 32
    assert lines[-1] == {"challenge": challenge["challenge_id"], "purpose": "recover"}
    assert code not in {str(value) for value in row}


def test_challenges_write_the_audit_log(
    signed_in: Person, stranger: Client, postmark: PostmarkStandIn, diglot: Diglot
) -> None:
    """Sent, refused, recovered: each is written down."""
    challenge = _send(stranger, signed_in.email).json()
    _verify(stranger, challenge, wrong(code_in(postmark)))
    _verify(stranger, challenge, code_in(postmark))

    with diglot.connect() as connection:
        events = connection.scalars(sa.select(auth.audit_log.c.event).order_by(auth.audit_log.c.id)).all()

    assert events[1:] == ["email_challenge_sent", "login_failed", "account_recovered"]


@pytest.mark.parametrize(
    "wrong_body", [{"purpose": "hello"}, {"email": "a"}, {"email": "a@b", "purpose": None}, {"extra": 1}], ids=str
)
def test_challenge_of_another_form_is_refused(stranger: Client, wrong_body: dict[str, object]) -> None:
    """An unknown purpose, or what is no address, is 422, and nothing is sent."""
    answer = stranger.post(URL, json={"email": "ada@example.com", "purpose": "recover", **wrong_body})

    assert answer.status_code == 422


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "\N{FULLWIDTH DIGIT ONE}23456", 123456])
def test_code_of_another_form_is_refused(stranger: Client, code: object) -> None:
    """What is not six digits is 422, and costs no attempt."""
    assert stranger.post(f"{URL}/{uuid4()}/verify", json={"code": code}).status_code == 422
