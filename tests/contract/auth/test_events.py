"""The route `/api/auth/events`: what happened to a user is theirs to read."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from backend_v2.auth.repositories import AuditRepository
from backend_v2.db.tables import auth
from diglot.client import Client
from diglot.isolation.facade import Diglot
from diglot.passkey import Fault
from tests.contract.conftest import EPOCH, ManualClock, Person

URL = "/api/auth/events"


def test_events_are_the_callers_own_the_newest_first(signed_in: Person, other: Person, clock: ManualClock) -> None:
    """A user sees what they did and what others tried, and nothing of anybody else."""
    signed_in.login(fault=Fault(flip_signature=True))
    clock.advance(seconds=1)
    signed_in.login()

    found = signed_in.client.get(URL).json()["events"]

    assert [one["event"] for one in found] == ["login", "login_failed", "user_registered"]
    assert found[1] == {
        "event": "login_failed",
        "occurred_at": EPOCH.isoformat().replace("+00:00", "Z"),
        "ip_address": "127.0.0.1",
        "detail": {"reason": "InvalidAuthenticationResponse"},
    }
    assert [one["event"] for one in other.client.get(URL).json()["events"]] == ["user_registered"]


def test_events_come_in_pages(signed_in: Person) -> None:
    """The pages together are the whole, each line once, though all happened at one instant."""
    logins = [signed_in.login().status_code for _ in range(3)]

    first = signed_in.client.get(URL, params={"limit": 3}).json()
    second = signed_in.client.get(URL, params={"limit": 3, "page_token": first["next_page_token"]}).json()

    assert logins == [200] * 3
    assert [one["event"] for one in first["events"]] == ["login"] * 3
    assert [one["event"] for one in second["events"]] == ["user_registered"]
    assert second["next_page_token"] is None


def test_page_token_of_one_user_is_refused_for_another(signed_in: Person, other: Person) -> None:
    """A page token goes on with the list of the user who got it, and with no other."""
    signed_in.login()
    token = signed_in.client.get(URL, params={"limit": 1}).json()["next_page_token"]

    answer = other.client.get(URL, params={"page_token": token})

    assert answer.status_code == 400


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "501"}, {"limit": "a"}, {"unknown": "1"}], ids=str)
def test_events_refuse_a_question_that_makes_no_sense(signed_in: Person, query: dict[str, str]) -> None:
    """What does not fit the schema is 422."""
    assert signed_in.client.get(URL, params=query).status_code == 422


def test_events_are_for_who_is_signed_in(stranger: Client) -> None:
    """A stranger has no events."""
    assert stranger.get(URL).status_code == 401


def test_events_are_read_in_one_statement_however_many(signed_in: Person, diglot: Diglot) -> None:
    """The list costs as many statements for a dozen lines as for one."""
    diglot.statements.clear()
    signed_in.client.get(URL)
    few = len(diglot.statements)
    logins = [signed_in.login() for _ in range(11)]
    diglot.statements.clear()

    signed_in.client.get(URL)

    assert len(logins) == 11
    assert len(diglot.statements) == few <= 2


@pytest.mark.only_on("postgresql", reason="SQLite explains in other words; the index is the same there")
def test_events_are_read_from_their_index(signed_in: Person, diglot: Diglot) -> None:
    """A page of one user's lines is read from the end of an index, whatever else the log holds."""
    user_id = UUID(signed_in.client.get("/api/auth/session").json()["user"]["id"])
    whose = [user_id, *[None] * 19]
    rows = [{"occurred_at": EPOCH, "event": "login", "user_id": whose[number % 20]} for number in range(4000)]
    with diglot.connect() as connection:
        connection.execute(sa.insert(auth.audit_log), rows)
        connection.execute(sa.text("ANALYZE audit_log"))
        diglot.statements.clear()
        AuditRepository(connection).page(user_id, limit=50, before=3000)
        sent = diglot.statements[0]

        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {sent.sql}", sent.parameters).scalars())

    assert "ix_audit_log_list" in plan
    assert "Sort" not in plan
    assert "Seq Scan" not in plan
