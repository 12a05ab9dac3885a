"""`SettingsRepository`, `VisualFeedbackRepository`, `OnboardingRepository`: what is saved reads back exactly."""

from dataclasses import replace
from datetime import UTC, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.settings.records import SETTINGS, VISUAL_FEEDBACK, Step
from backend_v2.settings.repositories import (
    OnboardingRepository,
    SettingsRepository,
    VisualFeedbackRepository,
)
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH

LATER = EPOCH + timedelta(days=1, microseconds=1)
MINE = replace(
    SETTINGS,
    time_zone="America/Argentina/ComodRivadavia",
    locale="zh-Hant-TW",
    preferences={"b": [1, None, 0.1, "é\N{GRINNING FACE}"], "aa": {"": True, "n": {}}},
)


@pytest.fixture
def user_id(diglot: Diglot) -> UUID:
    """Somebody who may have settings."""
    user = User(uuid4(), b"h" * 32, "ada@example.com", "Ada", False, None, EPOCH)
    with diglot.connect() as connection:
        UserRepository(connection).add(user)
    return user.id


def test_settings_read_back_exactly(diglot: Diglot, user_id: UUID) -> None:
    """Every field comes back as it went in, the instant in UTC to the microsecond."""
    with diglot.connect() as connection:
        saved = SettingsRepository(connection).save(user_id, MINE, at=LATER)

    with diglot.connect() as connection:
        found = SettingsRepository(connection).find(user_id)

    assert found == saved == replace(MINE, updated_at=LATER)
    assert found is not None
    assert found.updated_at is not None
    assert found.updated_at.tzinfo is UTC


def test_settings_take_the_place_of_those_before(diglot: Diglot, user_id: UUID) -> None:
    """Saved twice, the later stays, and there is one row."""
    with diglot.connect() as connection:
        repository = SettingsRepository(connection)
        repository.save(user_id, MINE, at=EPOCH)
        repository.save(user_id, replace(SETTINGS, preferences={"only": 1}), at=LATER)

    with diglot.connect() as connection:
        found = SettingsRepository(connection).find(user_id)

    assert found == replace(SETTINGS, preferences={"only": 1}, updated_at=LATER)


def test_visual_feedback_reads_back_and_is_replaced(diglot: Diglot, user_id: UUID) -> None:
    """Booleans are booleans and numbers numbers, of the first row and of the one in its place."""
    first = replace(VISUAL_FEEDBACK, theme="dark", animations=False, sounds=True, flash_intensity=0)
    with diglot.connect() as connection:
        saved = VisualFeedbackRepository(connection).save(user_id, first, at=EPOCH)
        again = VisualFeedbackRepository(connection).save(user_id, VISUAL_FEEDBACK, at=LATER)

    with diglot.connect() as connection:
        found = VisualFeedbackRepository(connection).find(user_id)

    assert saved == replace(first, updated_at=EPOCH)
    assert found == again == replace(VISUAL_FEEDBACK, updated_at=LATER)


def test_steps_are_ordered_by_name_and_replaced(diglot: Diglot, user_id: UUID) -> None:
    """A user's steps come by their names, byte by byte; one saved again has its new status."""
    with diglot.connect() as connection:
        repository = OnboardingRepository(connection)
        repository.save(user_id, "welcome", status="pending", at=EPOCH)
        repository.save(user_id, "a_b", status="skipped", at=EPOCH)
        repository.save(user_id, "aB", status="done", at=EPOCH)
        moved = repository.save(user_id, "welcome", status="done", at=LATER)

    with diglot.connect() as connection:
        found = OnboardingRepository(connection).of_user(user_id)

    assert moved == Step("welcome", "done", LATER)
    assert found == [Step("aB", "done", EPOCH), Step("a_b", "skipped", EPOCH), moved]


def test_nothing_is_found_of_who_has_set_nothing(diglot: Diglot, user_id: UUID) -> None:
    """Without a row there is nothing, of this user as of nobody."""
    with diglot.connect() as connection:
        found = [
            SettingsRepository(connection).find(user_id),
            VisualFeedbackRepository(connection).find(user_id),
            OnboardingRepository(connection).of_user(user_id),
            SettingsRepository(connection).find(uuid4()),
        ]

    assert found == [None, None, [], None]


@pytest.mark.parametrize("wrong", [{"theme": "blue"}, {"flash_intensity": 101}, {"flash_intensity": -1}], ids=str)
def test_visual_feedback_that_makes_no_sense_is_refused_by_the_table(
    diglot: Diglot, user_id: UUID, wrong: dict[str, object]
) -> None:
    """What the routes refuse the table refuses as well."""
    settings = replace(VISUAL_FEEDBACK, **wrong)  # type: ignore[arg-type]

    with pytest.raises(IntegrityError, match=r"(?i)check"), diglot.connect() as connection:
        VisualFeedbackRepository(connection).save(user_id, settings, at=EPOCH)
