"""The routes under `/api/onboarding`."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend_v2.auth.repositories import AuditRepository
from backend_v2.db.tables import settings as tables
from backend_v2.http.outgoing import Response
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person

URL = "/api/onboarding"
STEPS = ["welcome", "passkey_backup", "risk_disclosure", "paper_account", "first_order"]


def _put(person: Person, step: str, status: Any) -> Response:
    return person.client.put(f"{URL}/{step}", json={"status": status})


def test_onboarding_begins_with_every_step_pending(signed_in: Person, diglot: Diglot) -> None:
    """A new user sees all steps, in order, untouched; looking writes nothing."""
    answer = signed_in.client.get(URL)

    assert answer.status_code == 200
    assert answer.json() == {
        "steps": [{"step": step, "status": "pending", "updated_at": None} for step in STEPS],
        "completed": False,
    }
    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.onboarding_steps)) == 0


def test_onboarding_keeps_its_order_whatever_was_done_first(signed_in: Person, clock: ManualClock) -> None:
    """Steps may be taken in any order; the list shows them in its own."""
    last = _put(signed_in, "first_order", "done")
    _put(signed_in, "welcome", "skipped")

    found = signed_in.client.get(URL).json()["steps"]

    now = clock().isoformat().replace("+00:00", "Z")
    assert (last.status_code, last.json()) == (200, {"step": "first_order", "status": "done", "updated_at": now})
    assert [one["step"] for one in found] == STEPS
    assert [one["status"] for one in found] == ["skipped", "pending", "pending", "pending", "done"]


def test_onboarding_is_completed_when_each_step_is_done_or_skipped(signed_in: Person) -> None:
    """One pending step is enough not to be completed; one taken back as well."""
    for_each = dict.fromkeys(STEPS, "skipped") | {"risk_disclosure": "done"}
    answers = [_put(signed_in, step, status) for step, status in list(for_each.items())[:-1]]
    before = signed_in.client.get(URL).json()["completed"]

    _put(signed_in, STEPS[-1], "done")
    after = signed_in.client.get(URL).json()["completed"]
    _put(signed_in, STEPS[0], "pending")

    assert [one.status_code for one in answers] == [200] * 4
    assert (before, after, signed_in.client.get(URL).json()["completed"]) == (False, True, False)


def test_put_of_the_same_status_changes_nothing(signed_in: Person, diglot: Diglot, clock: ManualClock) -> None:
    """A second request of the same kind gives the same answer, with the first one's instant, and logs nothing."""
    first = _put(signed_in, "welcome", "done")
    clock.advance(minutes=5)

    second = _put(signed_in, "welcome", "done")

    user_id = UUID(signed_in.client.get("/api/auth/session").json()["user"]["id"])
    with diglot.connect() as connection:
        logged = [one for one in AuditRepository(connection).of_user(user_id) if one.event == "onboarding_step"]
    assert second.json() == first.json()
    assert [one.detail for one in logged] == [{"step": "welcome", "status": "done"}]


def test_put_of_another_status_moves_the_instant(signed_in: Person, clock: ManualClock) -> None:
    """A step that changes says when."""
    first = _put(signed_in, "welcome", "done").json()
    clock.advance(minutes=5)

    second = _put(signed_in, "welcome", "pending").json()

    assert first["updated_at"] < second["updated_at"]
    assert signed_in.client.get(URL).json()["steps"][0] == second


def test_risk_disclosure_may_not_be_skipped(signed_in: Person) -> None:
    """Skipping it is 409, and it stays pending; doing it is fine."""
    refused = _put(signed_in, "risk_disclosure", "skipped")
    between = signed_in.client.get(URL).json()["steps"][2]
    done = _put(signed_in, "risk_disclosure", "done")

    assert refused.status_code == 409
    assert between["status"] == "pending"
    assert done.status_code == 200


@pytest.mark.parametrize("step", ["second_order", "Welcome", "welcome ", "%00", "%25"])
def test_unknown_step_is_not_found(signed_in: Person, step: str) -> None:
    """A step that there is not is 404, also for a status that would not be allowed."""
    assert _put(signed_in, step, "skipped").status_code == 404


@pytest.mark.parametrize(
    "body", [{"status": "begun"}, {"status": None}, {"status": 1}, {}, {"status": "done", "x": 1}]
)
def test_put_refuses_what_does_not_fit(signed_in: Person, body: dict[str, Any]) -> None:
    """A status that there is not is 422."""
    assert signed_in.client.put(f"{URL}/welcome", json=body).status_code == 422


def test_put_refuses_what_is_no_json(signed_in: Person) -> None:
    """A body that is no JSON is 400."""
    answer = signed_in.client.put(f"{URL}/welcome", content="{", headers={"Content-Type": "application/json"})

    assert answer.status_code == 400


def test_onboarding_is_of_one_user_and_closed_to_strangers(signed_in: Person, other: Person) -> None:
    """Nobody moves somebody else on, and who is not signed in neither reads nor writes."""
    _put(signed_in, "welcome", "done")
    theirs = other.client.get(URL).json()["steps"][0]["status"]
    other.client.cookies.clear()

    answers = [other.client.get(URL), _put(other, "welcome", "done")]

    assert theirs == "pending"
    assert [one.status_code for one in answers] == [401, 401]


def test_statements_do_not_grow_with_the_steps_taken(signed_in: Person, diglot: Diglot) -> None:
    """The list is read at once, however many steps were touched."""
    diglot.statements.clear()
    signed_in.client.get(URL)
    none = len(diglot.statements)
    answers = [_put(signed_in, step, "done") for step in STEPS]
    diglot.statements.clear()

    signed_in.client.get(URL)

    assert [one.status_code for one in answers] == [200] * 5
    assert none == len(diglot.statements) == 2
