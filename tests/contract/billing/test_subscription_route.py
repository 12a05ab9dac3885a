"""The routes for subscriptions: what may follow what, and what a customer sees and cancels."""

import re
from datetime import date, timedelta
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from hypothesis import given, settings, strategies as st
from pydantic import TypeAdapter

from backend_v2.auth.repositories import AuditRepository
from backend_v2.billing.schemas import INSTANT, Instant
from backend_v2.billing.subscription_service import MAY_FOLLOW
from backend_v2.db.tables import auth
from backend_v2.http.outgoing import Response
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person

MINE, CANCEL, ALL = "/api/billing/subscription", "/api/billing/subscription/cancel", "/api/billing/subscriptions"
BODY = {
    "plan": "pro",
    "status": "active",
    "current_period_start": "2024-06-01T00:00:00Z",
    "current_period_end": "2024-07-01T02:00:00.5+02:00",
}
WAYS: dict[str | None, tuple[str, ...]] = {
    None: (),
    "trialing": ("trialing",),
    "active": ("active",),
    "past_due": ("active", "past_due"),
    "cancelled": ("active", "cancelled"),
}
"""How a subscription gets to a status."""
STATUSES = ("trialing", "active", "past_due", "cancelled")
NEVER = {
    (None, "past_due"),
    (None, "cancelled"),
    ("active", "trialing"),
    ("past_due", "trialing"),
    ("cancelled", "trialing"),
    ("cancelled", "past_due"),
}

ALLOWED = [pair for pair in product(WAYS, STATUSES) if pair not in NEVER]
CALENDAR = {
    str(date(2000, 1, 1) + timedelta(days=number)) for number in range((date(2100, 1, 1) - date(2000, 1, 1)).days)
}


def _id(diglot: Diglot, person: Person) -> Any:
    with diglot.connect() as connection:
        return connection.scalar(sa.select(auth.users.c.id).where(auth.users.c.email == person.email))


def _put(admin: Person, user_id: object, **fields: Any) -> Response:
    return admin.client.put(f"{ALL}/{user_id}", json={**BODY, **fields})


def test_put_creates_then_replaces_and_the_customer_sees_it(
    admin: Person, other: Person, diglot: Diglot, clock: ManualClock
) -> None:
    """A user's first subscription is 201, each later one 200; the user, and no other, sees it in UTC."""
    user_id = _id(diglot, other)
    first = _put(admin, user_id, plan="basic")
    clock.advance(hours=1)
    second = _put(admin, user_id)

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {
        "plan": "pro",
        "status": "active",
        "current_period_start": "2024-06-01T00:00:00Z",
        "current_period_end": "2024-07-01T00:00:00.500000Z",
        "cancelled_at": None,
        "active_until": None,
        "updated_at": clock().isoformat().replace("+00:00", "Z"),
    }
    assert other.client.get(MINE).json() == second.json()
    assert admin.client.get(MINE).status_code == 404


def test_cancel_keeps_access_until_the_periods_end(
    admin: Person, other: Person, diglot: Diglot, clock: ManualClock
) -> None:
    """A customer cancels once; the answer says until when access stays, and a second time is a conflict."""
    user_id = _id(diglot, other)
    _put(admin, user_id)
    before = other.client.get(MINE).json()
    clock.advance(hours=1)

    answer = other.client.post(CANCEL)
    again = other.client.post(CANCEL)

    now = clock().isoformat().replace("+00:00", "Z")
    end = before["current_period_end"]
    assert answer.status_code == 200
    assert answer.json() == {
        **before,
        "status": "cancelled",
        "cancelled_at": now,
        "active_until": end,
        "updated_at": now,
    }
    assert again.status_code == 409
    assert other.client.get(MINE).json() == answer.json()


def test_cancel_of_nothing_is_not_found(signed_in: Person) -> None:
    """Who has no subscription cannot cancel it."""
    assert signed_in.client.post(CANCEL).status_code == 404


def test_a_cancelled_subscription_comes_back_with_a_new_period(admin: Person, other: Person, diglot: Diglot) -> None:
    """Made active again a subscription is cancelled no more, and can be cancelled again."""
    user_id = _id(diglot, other)
    _put(admin, user_id)
    other.client.post(CANCEL)

    back = _put(admin, user_id, current_period_end="2024-09-01T00:00:00Z").json()
    again = other.client.post(CANCEL)

    assert (back["cancelled_at"], back["active_until"]) == (None, None)
    assert again.json()["active_until"] == "2024-09-01T00:00:00Z"


def test_cancelled_twice_by_an_administrator_keeps_the_first_instant(
    admin: Person, other: Person, diglot: Diglot, clock: ManualClock
) -> None:
    """Putting `cancelled` again does not move when it was cancelled."""
    user_id = _id(diglot, other)
    _put(admin, user_id)
    first = _put(admin, user_id, status="cancelled").json()
    clock.advance(hours=1)

    second = _put(admin, user_id, status="cancelled").json()

    assert first["cancelled_at"] is not None
    assert second["cancelled_at"] == first["cancelled_at"]
    assert second["updated_at"] > first["updated_at"]


@pytest.mark.parametrize(("present", "wanted"), ALLOWED)
def test_status_may_follow(admin: Person, other: Person, diglot: Diglot, present: str | None, wanted: str) -> None:
    """A trial comes first, and what is cancelled comes back as active; the same status again is a renewal."""
    user_id = _id(diglot, other)
    reached = [_put(admin, user_id, status=one).status_code for one in WAYS[present]]

    answer = _put(admin, user_id, status=wanted)

    assert [*reached, answer.status_code] == [201, 200, 200][: len(reached) + 1]
    assert other.client.get(MINE).json() == answer.json()
    assert answer.json()["status"] == wanted


@pytest.mark.parametrize(("present", "wanted"), sorted(NEVER, key=str))
def test_status_may_not_follow(admin: Person, other: Person, diglot: Diglot, present: str | None, wanted: str) -> None:
    """A trial comes first or never, and nothing begins past due or cancelled: a conflict, which changes nothing."""
    user_id = _id(diglot, other)
    reached = [_put(admin, user_id, status=one).status_code for one in WAYS[present]]
    before = other.client.get(MINE).json().get("plan")

    answer = _put(admin, user_id, status=wanted, plan="new")

    assert reached == [201, 200][: len(reached)]
    assert answer.status_code == 409
    assert other.client.get(MINE).json().get("plan") == before != "new"


def test_rules_name_every_status() -> None:
    """Every status has its followers, which are statuses."""
    assert set(MAY_FOLLOW) == {None, *STATUSES}
    assert {one for some in MAY_FOLLOW.values() for one in some} == set(STATUSES)


@pytest.mark.parametrize("unknown", [uuid4(), "x"], ids=["nobody", "no id"])
def test_put_for_nobody_is_not_found(admin: Person, unknown: object) -> None:
    """A user who does not exist has no subscription."""
    assert _put(admin, unknown).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"plan": ""},
        {"plan": "Pro"},
        {"plan": "a" * 41},
        {"plan": "pro\n"},
        {"status": "paused"},
        {"current_period_start": "2024-06-01"},
        {"current_period_start": "2024-06-01T00:00:00"},
        {"current_period_start": "2023-02-29T00:00:00Z"},
        {"current_period_start": "2024-06-01T24:00:00Z"},
        {"current_period_start": "1999-12-31T23:59:59Z"},
        {"current_period_start": "2024-06-01T00:00:00.1234567Z"},
        {"current_period_start": 1717200000},
        {"current_period_end": "2024-06-01T00:00:00Z"},
        {"current_period_end": "2024-06-01T01:00:00+01:00"},
        {"cancelled_at": None},
    ],
    ids=str,
)
def test_put_of_a_subscription_refuses_what_does_not_fit(
    admin: Person, other: Person, diglot: Diglot, wrong: dict[str, Any]
) -> None:
    """A body that does not fit is 422, and nothing is stored."""
    assert _put(admin, _id(diglot, other), **wrong).status_code == 422
    assert other.client.get(MINE).status_code == 404


def test_put_of_a_subscription_refuses_what_is_no_json(admin: Person) -> None:
    """A body that is no JSON is 400."""
    headers = {"Content-Type": "application/json"}

    assert admin.client.put(f"{ALL}/{uuid4()}", content=b"{", headers=headers).status_code == 400


@pytest.mark.parametrize("form", [{"content": b"pro"}, {"data": {"plan": "pro"}}], ids=["no type", "a form"])
def test_put_of_a_subscription_takes_json_alone(admin: Person, form: dict[str, Any]) -> None:
    """A body that does not say that it is JSON is 415."""
    assert admin.client.put(f"{ALL}/{uuid4()}", **form).status_code == 415


def test_subscriptions_are_closed_to_those_they_are_not_for(signed_in: Person, diglot: Diglot) -> None:
    """A customer changes no subscription by putting, not even their own; a stranger sees and cancels nothing."""
    user_id = _id(diglot, signed_in)
    writing = _put(signed_in, user_id)
    signed_in.client.cookies.clear()
    answers = [writing, _put(signed_in, user_id), signed_in.client.get(MINE), signed_in.client.post(CANCEL)]

    assert [one.status_code for one in answers] == [403, 401, 401, 401]


def test_changes_of_a_subscription_are_logged(admin: Person, other: Person, diglot: Diglot) -> None:
    """What an administrator sets and what the customer cancels are lines of the customer, with who did it."""
    user_id, admin_id = _id(diglot, other), _id(diglot, admin)
    _put(admin, user_id)
    other.client.post(CANCEL)
    other.client.post(CANCEL)

    with diglot.connect() as connection:
        lines = AuditRepository(connection).of_user(user_id)

    assert [(one.event, one.actor, one.detail) for one in lines if one.event.startswith("subscription")] == [
        ("subscription_set", str(admin_id), {"plan": "pro", "status": "active"}),
        ("subscription_cancelled", None, {"plan": "pro"}),
    ]


def test_subscription_costs_the_same_every_time(admin: Person, other: Person, diglot: Diglot) -> None:
    """Reading costs the session's statement and one more; a first and a later put cost the same."""
    user_id = _id(diglot, other)
    diglot.statements.clear()

    _put(admin, user_id)
    first = len(diglot.statements)
    _put(admin, user_id)
    second = len(diglot.statements) - first
    other.client.get(MINE)

    assert (first, second, len(diglot.statements) - first - second) == (5, 5, 2)


@pytest.mark.parametrize("month", range(14))
def test_every_day_of_the_described_form_is_in_the_calendar(month: int) -> None:
    """The description of an instant takes the days of the calendar from 2000 to 2099, and no others."""
    for_days = [f"{year}-{month:02}-{day:02}" for year in range(1999, 2101) for day in range(33)]

    described = [one for one in for_days if re.search(INSTANT, f"{one}T00:00:00Z")]

    assert described == [one for one in for_days if one in CALENDAR]


@settings(max_examples=300, deadline=None)
@given(text=st.from_regex(INSTANT, fullmatch=True))
def test_every_text_of_the_described_form_is_an_instant(text: str) -> None:
    """Whatever fits the description of an instant is one, from the end of 1999 to the beginning of 2100, in UTC."""
    instant = TypeAdapter(Instant).validate_python(text)

    assert 1999 <= instant.year <= 2100
    assert instant.utcoffset() is not None
    assert instant.isoformat(timespec="microseconds").endswith("+00:00")
