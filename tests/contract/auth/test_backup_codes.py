"""The routes under `/api/auth/backup-codes`: ten codes, shown once, each good for one session."""

import hashlib
import re
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import auth
from backend_v2.http.outgoing import Response
from diglot.client import Client
from diglot.isolation.facade import Diglot
from tests.contract.auth.conftest import Elsewhere
from tests.contract.conftest import EPOCH, ManualClock, Person

URL = "/api/auth/backup-codes"
WRONG = "0000-0000-0000-0000"
REFUSED = "the email or the backup code is wrong"


def _redeem(client: Client, email: str, code: str) -> Response:
    return client.post(f"{URL}/redeem", json={"email": email, "code": code})


def test_backup_codes_are_ten_that_people_can_type(signed_in: Person) -> None:
    """Ten different codes of sixteen letters, of which none looks like another, are shown."""
    answer = signed_in.client.post(URL)

    found = answer.json()["codes"]
    assert answer.status_code == 201
    assert answer.json()["created_at"] == EPOCH.isoformat().replace("+00:00", "Z")
    assert len(set(found)) == 10
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code) for code in found)


def test_backup_codes_are_counted(signed_in: Person, codes: list[str], stranger: Client) -> None:
    """The state says how many there are and how many are left, and shows none."""
    _redeem(stranger, signed_in.email, codes[3])

    state = signed_in.client.get(URL)

    assert state.json() == {"total": 10, "unused": 9, "created_at": EPOCH.isoformat().replace("+00:00", "Z")}


def test_backup_codes_that_were_never_made_are_none(signed_in: Person) -> None:
    """Who has no codes is told so."""
    assert signed_in.client.get(URL).json() == {"total": 0, "unused": 0, "created_at": None}


def test_backup_codes_replace_the_old_ones(
    signed_in: Person, codes: list[str], stranger: Client, clock: ManualClock
) -> None:
    """New codes make all old ones worthless."""
    clock.advance(hours=1)
    newer = signed_in.client.post(URL).json()["codes"]

    old, new = _redeem(stranger, signed_in.email, codes[0]), _redeem(stranger, signed_in.email, newer[0])

    assert (old.status_code, new.status_code) == (401, 200)
    assert signed_in.client.get(URL).json()["total"] == 10


def test_backup_code_opens_a_session_once(signed_in: Person, codes: list[str], stranger: Client) -> None:
    """A code opens a session, as a login does, and is used up."""
    first = _redeem(stranger, signed_in.email, codes[0])
    inside = stranger.get("/api/auth/session")
    second = _redeem(stranger, signed_in.email, codes[0])

    assert first.status_code == 200
    assert first.json() == inside.json()
    assert first.json()["user"]["email"] == signed_in.email
    assert "HttpOnly" in first.headers["Set-Cookie"]
    assert (second.status_code, second.json()["detail"]) == (401, REFUSED)


@pytest.mark.parametrize(
    "spell",
    [str.lower, lambda code: code.replace("-", ""), lambda code: code.replace("0", "O").replace("1", "l")],
    ids=["small letters", "without dashes", "misread letters"],
)
def test_backup_code_is_taken_as_people_write_it(
    signed_in: Person, codes: list[str], stranger: Client, spell: object
) -> None:
    """Case, dashes, and letters that look like digits make no difference."""
    assert callable(spell)

    answers = [_redeem(stranger, signed_in.email.upper(), spell(code)).status_code for code in codes]

    assert answers == [200] * 10


def test_backup_code_is_refused_alike_for_every_cause(
    signed_in: Person, other: Person, codes: list[str], stranger: Client, diglot: Diglot
) -> None:
    """An unknown email, a wrong code, another's, a used one, a suspended user: one answer, and no word more."""
    _redeem(stranger, signed_in.email, codes[0])
    answers = [
        _redeem(stranger, "nobody@example.com", codes[1]),
        _redeem(stranger, signed_in.email, WRONG),
        _redeem(stranger, other.email, codes[1]),
        _redeem(stranger, signed_in.email, codes[0]),
    ]
    with diglot.connect() as connection:
        connection.execute(sa.update(auth.users).values(suspended_at=EPOCH))
    answers.append(_redeem(stranger, signed_in.email, codes[1]))

    told = [{**one.json(), "request_id": ""} for one in answers]

    assert [one.status_code for one in answers] == [401] * 5
    assert all(one == told[0] for one in told)
    assert not any("Set-Cookie" in one.headers for one in answers)


def test_backup_code_of_a_suspended_user_is_not_used_up(
    signed_in: Person, codes: list[str], stranger: Client, diglot: Diglot, clock: ManualClock
) -> None:
    """Whoever is let back in has the codes that they had."""
    with diglot.connect() as connection:
        connection.execute(sa.update(auth.users).values(suspended_at=clock()))
    _redeem(stranger, signed_in.email, codes[0])
    with diglot.connect() as connection:
        connection.execute(sa.update(auth.users).values(suspended_at=None))

    assert _redeem(stranger, signed_in.email, codes[0]).status_code == 200


def test_backup_code_for_an_unknown_email_costs_the_same_work(
    signed_in: Person, codes: list[str], stranger: Client, diglot: Diglot
) -> None:
    """As many statements are run for an email that is no user's as for a wrong code."""
    _redeem(stranger, signed_in.email, WRONG)
    diglot.statements.clear()
    _redeem(stranger, signed_in.email, WRONG)
    known = len(diglot.statements)
    diglot.statements.clear()

    _redeem(stranger, "nobody@example.com", WRONG)

    assert len(diglot.statements) == known


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_backup_codes_are_slowed_down_for_everybody_alike(
    signed_in: Person, elsewhere: Elsewhere, email: str, clock: ManualClock
) -> None:
    """After five failures, wherever they come from, an email is refused, whether or not it is a user's."""
    failures = [_redeem(elsewhere(f"10.0.0.{number}"), email, WRONG).status_code for number in range(5)]
    refused = _redeem(elsewhere("10.0.0.9"), email, WRONG)
    clock.advance(minutes=15)
    tried = _redeem(elsewhere("10.0.0.9"), email, WRONG)

    assert failures == [401] * 5
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert tried.status_code == 401


def test_backup_codes_are_slowed_down_by_address(stranger: Client, elsewhere: Elsewhere) -> None:
    """After twenty failures an address is refused, and another one is not."""
    failures = [_redeem(stranger, f"{number}@example.com", WRONG).status_code for number in range(20)]

    refused, tried = (_redeem(one, "a@example.com", WRONG) for one in (stranger, elsewhere("10.0.0.1")))

    assert failures == [401] * 20
    assert (refused.status_code, tried.status_code) == (429, 401)


def test_backup_codes_are_stored_only_as_digests_of_their_user(
    signed_in: Person, codes: list[str], diglot: Diglot
) -> None:
    """The table holds 32 bytes for each code, which are not the digest of the code alone."""
    with diglot.connect() as connection:
        rows = connection.execute(sa.select(auth.backup_codes)).all()

    bare = {one for code in codes for one in (code, code.replace("-", ""))}
    shown = " ".join(str(value) for row in rows for value in row)
    assert {len(row.code_hash) for row in rows} == {32}
    assert not any(one in shown for one in bare)
    assert {hashlib.sha256(one.encode()).digest() for one in bare}.isdisjoint(row.code_hash for row in rows)


def test_backup_codes_let_the_last_passkey_go(signed_in: Person, codes: list[str]) -> None:
    """With unused codes the last passkey can be revoked: there is a way back in."""
    passkey = signed_in.client.get("/api/auth/passkeys").json()["passkeys"][0]["id"]

    revoked = signed_in.client.delete(f"/api/auth/passkeys/{passkey}")
    back = _redeem(signed_in.client, signed_in.email, codes[0])

    assert (revoked.status_code, back.status_code) == (204, 200)


def test_backup_codes_write_the_audit_log(
    signed_in: Person, codes: list[str], stranger: Client, diglot: Diglot
) -> None:
    """Made, refused and redeemed: each is written down, with its owner, and without the code."""
    _redeem(stranger, signed_in.email, WRONG)
    _redeem(stranger, signed_in.email, codes[0])

    with diglot.connect() as connection:
        table = auth.audit_log
        rows = connection.execute(sa.select(table.c.event, table.c.user_id, table.c.detail).order_by(table.c.id)).all()

    assert [row.event for row in rows[1:]] == ["backup_codes_created", "login_failed", "backup_code_redeemed"]
    assert {type(row.user_id) for row in rows} == {UUID}
    assert [row.detail for row in rows[1:]] == [None, {"reason": "backup code"}, None]


def test_backup_code_that_is_right_counts_for_nothing(
    signed_in: Person, codes: list[str], stranger: Client, diglot: Diglot
) -> None:
    """A try that did not fail leaves nothing that would slow anybody down."""
    answers = [_redeem(stranger, signed_in.email, code).status_code for code in codes]

    with diglot.connect() as connection:
        left = connection.scalar(sa.select(sa.func.count()).select_from(auth.login_attempts))
    assert answers == [200] * 10
    assert left == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_backup_codes_are_for_who_is_signed_in(stranger: Client, method: str) -> None:
    """A stranger neither makes codes nor sees how many there are."""
    assert stranger.request(method, URL).status_code == 401


@pytest.mark.parametrize("code", ["", "ABCD-ABCD-ABCD", "ABCD-ABCD-ABCD-ABCU", "ABCD_ABCD_ABCD_ABCD", WRONG + "\n", 7])
def test_backup_code_of_another_form_is_refused(stranger: Client, code: object) -> None:
    """What can be no code is 422, and is not tried."""
    answer = stranger.post(f"{URL}/redeem", json={"email": "ada@example.com", "code": code})

    assert answer.status_code == 422


def test_backup_code_session_is_like_any_other(
    signed_in: Person, codes: list[str], stranger: Client, clock: ManualClock
) -> None:
    """The session that a code opens slides and ends as one of a passkey does."""
    _redeem(stranger, signed_in.email, codes[0])

    clock.advance(hours=12)

    assert stranger.get("/api/auth/session").status_code == 401
