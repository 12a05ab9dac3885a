"""The routes under `/api/settings/visual-feedback`."""

from typing import Any

import pytest
import sqlalchemy as sa

from backend_v2.db.tables import settings as tables
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person

URL = "/api/settings/visual-feedback"
DEFAULTS = {"theme": "system", "animations": True, "sounds": False, "flash_intensity": 50, "updated_at": None}


def test_visual_feedback_has_defaults_and_looking_writes_nothing(signed_in: Person, diglot: Diglot) -> None:
    """Who has said nothing sees the defaults, and no row comes of it."""
    answer = signed_in.client.get(URL)

    assert (answer.status_code, answer.json()) == (200, DEFAULTS)
    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.visual_feedback_settings)) == 0


def test_visual_feedback_is_patched_field_by_field(signed_in: Person, clock: ManualClock) -> None:
    """A patch changes what it names; the rest stays as the patch before left it."""
    signed_in.client.patch(URL, json={"theme": "dark", "animations": False})
    clock.advance(minutes=1)

    answer = signed_in.client.patch(URL, json={"sounds": True, "flash_intensity": 100})

    assert answer.status_code == 200
    assert answer.json() == {
        "theme": "dark",
        "animations": False,
        "sounds": True,
        "flash_intensity": 100,
        "updated_at": clock().isoformat().replace("+00:00", "Z"),
    }
    assert signed_in.client.get(URL).json() == answer.json()


def test_visual_feedback_null_puts_a_default_back(signed_in: Person) -> None:
    """Null removes what was set, so that the default holds again; 0 and false are no null."""
    changed = {"theme": "light", "animations": False, "sounds": False, "flash_intensity": 0}
    first = signed_in.client.patch(URL, json=changed).json()

    second = signed_in.client.patch(URL, json=dict.fromkeys(changed)).json()

    assert {**first, "updated_at": None} == {**changed, "updated_at": None}
    assert {**second, "updated_at": None} == DEFAULTS


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "blue"},
        {"theme": "Dark"},
        {"theme": 1},
        {"animations": 1},
        {"animations": "true"},
        {"sounds": 0},
        {"flash_intensity": -1},
        {"flash_intensity": 101},
        {"flash_intensity": 0.5},
        {"flash_intensity": "5"},
        {"flash_intensity": True},
        {"flash_intensity": 2**70},
        {"updated_at": None},
        {"extra": 1},
    ],
    ids=str,
)
def test_visual_feedback_refuses_what_does_not_fit(signed_in: Person, wrong: dict[str, Any]) -> None:
    """What does not fit is 422, and nothing is stored."""
    answer = signed_in.client.patch(URL, json=wrong)

    assert answer.status_code == 422
    assert answer.json()["errors"]["json"]
    assert signed_in.client.get(URL).json() == DEFAULTS


def test_visual_feedback_refuses_what_is_no_json(signed_in: Person) -> None:
    """A body that is no JSON is 400."""
    answer = signed_in.client.patch(URL, content="{", headers={"Content-Type": "application/json"})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("media_type", "status"),
    [("application/json", 200), ("application/merge-patch+json", 200), ("text/plain", 415)],
)
def test_visual_feedback_is_patched_by_json_alone(signed_in: Person, media_type: str, status: int) -> None:
    """A patch may say that it is JSON, or that it is a merge patch; anything else is 415."""
    answer = signed_in.client.patch(URL, content='{"theme": "dark"}', headers={"Content-Type": media_type})

    assert answer.status_code == status


def test_visual_feedback_is_of_one_user_and_closed_to_strangers(signed_in: Person, other: Person) -> None:
    """Nobody changes what somebody else sees, and who is not signed in neither reads nor changes."""
    signed_in.client.patch(URL, json={"theme": "dark"})
    theirs = other.client.get(URL).json()
    other.client.cookies.clear()

    answers = [other.client.get(URL), other.client.patch(URL, json={"theme": "dark"})]

    assert theirs == DEFAULTS
    assert [one.status_code for one in answers] == [401, 401]
