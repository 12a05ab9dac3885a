"""What a whole life leaves in the logs: not one secret."""

import logging

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import auth
from diglot.client import Client
from diglot.isolation.facade import Diglot
from diglot.passkey import Fault
from tests.contract.auth.conftest import code_in, wrong
from tests.contract.conftest import Person
from tests.standins.postmark import PostmarkStandIn


def _recover(person: Person, stranger: Client, postmark: PostmarkStandIn) -> list[str]:
    """Recover the account; return the codes that were used and the token that came of it."""
    sent = stranger.post("/api/auth/email/challenges", json={"email": person.email, "purpose": "recover"}).json()
    code = code_in(postmark)
    path = f"/api/auth/email/challenges/{sent['challenge_id']}/verify"
    stranger.post(path, json={"code": wrong(code)})
    stranger.post(path, json={"code": code})
    return [f'"{code}"', f" {code}", f"'{code}'", stranger.cookies["raptor_session"]]


def test_logs_hold_no_token_no_code_and_no_mail(
    admin: Person, stranger: Client, postmark: PostmarkStandIn, diglot: Diglot, caplog: pytest.LogCaptureFixture
) -> None:
    """Register, log in, fail, redeem, recover, leave: the logs, at their most talkative, name no secret."""
    caplog.set_level(logging.DEBUG)
    secrets = [admin.client.cookies["raptor_session"]]
    admin.login(fault=Fault(flip_signature=True))
    admin.login()
    secrets += [admin.client.cookies["raptor_session"]]
    codes = admin.client.post("/api/auth/backup-codes").json()["codes"]
    token = admin.client.post("/api/auth/bootstrap-tokens", json={"email": "new@example.com"}).json()["token"]
    stranger.post("/api/auth/backup-codes/redeem", json={"email": admin.email, "code": codes[0]})
    secrets += [*codes, token, stranger.cookies["raptor_session"]]
    stranger.post("/api/auth/bootstrap-tokens/redeem", json={"token": token})
    stranger.post("/api/auth/bootstrap-tokens/redeem", json={"token": token})
    secrets += [stranger.cookies["raptor_session"], *_recover(admin, stranger, postmark)]
    postmark.script = [500]
    refused = stranger.post("/api/auth/email/challenges", json={"email": admin.email, "purpose": "recover"})

    with diglot.connect() as connection:
        kept = str(connection.execute(sa.select(auth.audit_log.c.detail, auth.audit_log.c.actor)).all())
        kept += str(connection.execute(sa.select(auth.login_attempts)).all())
    logged = "\n".join(f"{one.name} {one.getMessage()} {one.exc_text or ''}" for one in caplog.records)
    mails = [line for one in postmark.sent for line in one["TextBody"].splitlines()]
    assert refused.status_code == 502
    assert "POST /api/auth/login 200" in logged
    assert len(mails) >= 2
    assert [one for one in (*secrets, *mails) if one in logged or one in kept] == []
