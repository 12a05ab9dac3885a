"""Two patches of one user's settings at the same time, on true connections: neither is lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest

from backend_v2.settings.repositories import (
    OnboardingRepository,
    SettingsRepository,
    VisualFeedbackRepository,
)
from tests.contract.conftest import Person

pytestmark = [
    pytest.mark.isolation("clone"),
    pytest.mark.only_on("postgresql", reason="SQLite has one writer at a time, so that nothing can overlap"),
]


def _meet_after(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    """Let the two that call this method wait for each other when they have read and not yet written."""
    both_have_read = threading.Barrier(2)
    read: Callable[[Any, UUID], Any] = getattr(owner, name)

    def read_and_wait(self: Any, user_id: UUID) -> Any:
        found = read(self, user_id)
        with suppress(threading.BrokenBarrierError):  # with the lock only one can have read
            both_have_read.wait(1)
        return found

    monkeypatch.setattr(owner, name, read_and_wait)


def _at_once(*calls: Callable[[], int]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [one.result(30) for one in [threads.submit(call) for call in calls]]


@pytest.mark.parametrize("before", [{}, {"old": 1}], ids=["nothing stored", "something stored"])
def test_two_patches_of_preferences_add_up(
    signed_in: Person, monkeypatch: pytest.MonkeyPatch, before: dict[str, int]
) -> None:
    """Two patches at once, the first ones ever or later ones, leave what both say, and what was there."""
    stored = [signed_in.client.patch("/api/settings", json={"preferences": one}) for one in [before] if one]
    _meet_after(monkeypatch, SettingsRepository, "find")

    def patch(body: dict[str, Any]) -> int:
        return signed_in.client.patch("/api/settings", json=body).status_code

    codes = _at_once(
        lambda: patch({"preferences": {"a": 1}, "locale": "de"}),
        lambda: patch({"preferences": {"b": 2}, "time_zone": "Europe/Berlin"}),
    )

    monkeypatch.undo()
    found = signed_in.client.get("/api/settings").json()
    assert len(stored) == len(before)
    assert codes == [200, 200]
    assert found["preferences"] == {**before, "a": 1, "b": 2}
    assert (found["locale"], found["time_zone"]) == ("de", "Europe/Berlin")


def test_two_patches_of_visual_feedback_add_up(signed_in: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same for the screen."""
    _meet_after(monkeypatch, VisualFeedbackRepository, "find")

    def patch(body: dict[str, Any]) -> int:
        return signed_in.client.patch("/api/settings/visual-feedback", json=body).status_code

    codes = _at_once(lambda: patch({"theme": "dark"}), lambda: patch({"sounds": True}))

    monkeypatch.undo()
    found = signed_in.client.get("/api/settings/visual-feedback").json()
    assert codes == [200, 200]
    assert (found["theme"], found["sounds"]) == ("dark", True)


def test_a_step_taken_twice_at_once_is_logged_once(signed_in: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two requests that do the same step at once the second sees what the first did: one instant, one line."""
    _meet_after(monkeypatch, OnboardingRepository, "of_user")
    saved: list[str] = []
    save = OnboardingRepository.save

    def save_and_note(self: OnboardingRepository, user_id: UUID, step: str, **facts: Any) -> Any:
        saved.append(step)
        return save(self, user_id, step, **facts)

    monkeypatch.setattr(OnboardingRepository, "save", save_and_note)

    def put() -> int:
        return signed_in.client.put("/api/onboarding/welcome", json={"status": "done"}).status_code

    codes = _at_once(put, put)

    assert codes == [200, 200]
    assert saved == ["welcome"]
