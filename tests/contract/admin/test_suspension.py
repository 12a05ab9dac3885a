"""Suspending a customer takes effect at once, and everything about it is logged."""

from typing import Any

import pytest

from backend_v2.http.outgoing import Response
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person, make_admin

URL = "/api/admin/customers"


def _ids(admin: Person) -> dict[str, str]:
    return {one["email"]: one["id"] for one in admin.client.get(URL).json()["customers"]}


def _suspend(admin: Person, customer: Person, reason: str = "chargebacks") -> Response:
    return admin.client.post(f"{URL}/{_ids(admin)[customer.email]}/suspend", json={"reason": reason})


def _reinstate(admin: Person, customer: Person) -> Response:
    return admin.client.post(f"{URL}/{_ids(admin)[customer.email]}/reinstate")


def _events(admin: Person, customer: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin.client.get(f"{URL}/{_ids(admin)[customer.email]}/events").json()["events"]
    return found


def test_suspension_takes_effect_on_the_next_request(admin: Person, customer: Person, clock: ManualClock) -> None:
    """A suspended customer's next request is refused, and so is their login."""
    before = customer.client.get("/api/auth/session")

    answer = _suspend(admin, customer)

    assert before.status_code == 200
    assert answer.status_code == 200
    assert answer.json()["suspended_at"] == clock().isoformat().replace("+00:00", "Z")
    assert answer.json()["live_sessions"] == 0
    assert customer.client.get("/api/auth/session").status_code == 401
    assert customer.login().status_code == 401


def test_sessions_do_not_come_back_with_the_customer(admin: Person, customer: Person) -> None:
    """A reinstated customer can log in again; the sessions of before stay dead."""
    _suspend(admin, customer)

    answer = _reinstate(admin, customer)
    old_session = customer.client.get("/api/auth/session")

    assert (answer.status_code, answer.json()["suspended_at"]) == (200, None)
    assert old_session.status_code == 401
    assert customer.login().status_code == 200
    assert customer.client.get("/api/auth/session").status_code == 200


def test_suspension_touches_nobody_else(admin: Person, customer: Person) -> None:
    """The administrator's own session goes on."""
    _suspend(admin, customer)

    assert admin.client.get("/api/auth/session").status_code == 200


def test_suspension_is_logged_with_its_reason_and_the_administrator(
    admin: Person, customer: Person, clock: ManualClock
) -> None:
    """Of the customer it is logged who suspended and reinstated them, when, from where and why."""
    clock.advance(minutes=1)
    request_id = _suspend(admin, customer, "chargebacks \N{GRINNING FACE}").headers["X-Request-ID"]
    clock.advance(minutes=1)
    _reinstate(admin, customer)

    reinstated, suspended, *_ = _events(admin, customer)

    assert suspended["event"] == "customer_suspended"
    assert suspended["actor"] == reinstated["actor"] == _ids(admin)[admin.email]
    assert suspended["detail"] == {"reason": "chargebacks \N{GRINNING FACE}"}
    assert suspended["request_id"] == request_id
    assert suspended["ip_address"]
    assert (reinstated["event"], reinstated["detail"]) == ("customer_reinstated", None)
    assert suspended["occurred_at"] < reinstated["occurred_at"]


def test_second_suspension_and_second_reinstatement_are_conflicts(admin: Person, customer: Person) -> None:
    """What is so already is 409, and is not logged once more."""
    codes = [
        _reinstate(admin, customer).status_code,
        _suspend(admin, customer).status_code,
        _suspend(admin, customer).status_code,
        _reinstate(admin, customer).status_code,
        _reinstate(admin, customer).status_code,
    ]

    logged = [one["event"] for one in _events(admin, customer) if one["event"].startswith("customer_")]
    assert codes == [409, 200, 409, 200, 409]
    assert logged == ["customer_reinstated", "customer_suspended"]


def test_no_administrator_is_suspended(admin: Person, customer: Person, diglot: Diglot) -> None:
    """An administrator suspends neither themselves nor another one, and both go on."""
    make_admin(diglot, customer.email)

    codes = [_suspend(admin, admin).status_code, _suspend(admin, customer).status_code]

    assert codes == [409, 409]
    assert admin.client.get(URL).status_code == customer.client.get(URL).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": ""},
        {"reason": " \n"},
        {"reason": "a\x00"},
        {"reason": 1},
        {"reason": None},
        {"reason": "x" * 501},
        {"reason": "x", "extra": 1},
    ],
    ids=lambda body: str(body)[:40],
)
def test_suspension_refuses_what_is_no_reason(admin: Person, customer: Person, body: dict[str, Any]) -> None:
    """Without a reason that can be read it is 422, and the customer goes on."""
    answer = admin.client.post(f"{URL}/{_ids(admin)[customer.email]}/suspend", json=body)

    assert answer.status_code == 422
    assert customer.client.get("/api/auth/session").status_code == 200


@pytest.mark.parametrize("content", ['{"reason": "\\ud800"}', "{"])
def test_suspension_refuses_what_cannot_be_read(admin: Person, customer: Person, content: str) -> None:
    """What is no JSON is 400, and the customer goes on."""
    answer = admin.client.post(
        f"{URL}/{_ids(admin)[customer.email]}/suspend", content=content, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 400
    assert customer.client.get("/api/auth/session").status_code == 200
