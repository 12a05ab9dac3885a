"""Settings and customers: whatever the API lets through, both dialects do the same with it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import Engine

from backend_v2.admin.repositories import CustomerRepository
from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.db.database import Database
from backend_v2.db.tables import auth, settings as tables
from backend_v2.settings.records import STEPS, VisualFeedback
from backend_v2.settings.repositories import OnboardingRepository, SettingsRepository, VisualFeedbackRepository
from backend_v2.settings.schemas import SettingsPatch
from backend_v2.settings.settings_service import SettingsService
from backend_v2.settings.time_zones import TIME_ZONES
from diglot.differential import Known, Lockstep, differential, operation, values

NOW = st.integers(0, 2).map(lambda day: datetime(2024, 1, 1, 12, tzinfo=UTC) + timedelta(days=day))
"""The service's clock."""
EMAILS = st.sampled_from(("a@x", "a_b@x", "a%b@x", "ab@x", "a.b/c@x", "a'b@x")) | st.from_regex(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,9}@[a-z0-9-]{1,9}", fullmatch=True
)
"""`Email`: in lower case."""
PARTS = st.sampled_from(("a", "%", "_", "/", "a_b", "a%", "@x", "'")) | st.from_regex(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~@-]{1,5}", fullmatch=True
)
"""`PartOfEmail`: in lower case."""
USERS = st.builds(
    User,
    id=st.uuids(),
    user_handle=st.binary(min_size=1, max_size=64),
    email=EMAILS,
    display_name=st.just("x"),
    is_admin=st.booleans(),
    suspended_at=st.none() | NOW,
    created_at=NOW,
)
WHOSE = values(tables.user_settings.c.user_id)
ANY_JSON = values(tables.user_settings.c.preferences) | st.sampled_from((-0.0, 1e16, 1e15, 1.5, 5e-324, 2**53, [1.0]))
PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "time_zone": st.sampled_from(TIME_ZONES) | st.none() | st.just("Mars/Olympus"),
        "locale": st.sampled_from(("de", "zh-Hant-TW", "DE", None)),
        "preferences": st.none() | ANY_JSON | st.dictionaries(st.sampled_from("abé"), ANY_JSON, max_size=3),
    },
)
"""Any JSON: `SettingsPatch` refuses what does not fit, on both dialects alike."""
EDGES = st.sampled_from((-0.0, 1.0, 1e15, 0.1, 5e-324))
NUMBERS = EDGES | st.floats(-(2**53) + 1, 2**53 - 1)
WELL_FORMED = st.fixed_dictionaries({"a": EDGES}, optional={"b": st.none() | NUMBERS | st.lists(NUMBERS, max_size=2)})
"""What `SettingsPatch` takes: numbers that JSONB writes in another way, and null."""

COUNTERS = [
    Known(f"table {table}: value at [].id", reason="A failed insert and an upsert take a number on Postgres alone.")
    for table in ("user_settings", "visual_feedback_settings", "onboarding_steps")
]
"""No answer has these numbers, and nothing is ordered by them."""


def patch(engine: Engine, user_id: UUID, body: dict[str, Any]) -> str:
    """Do what `PATCH /api/settings` does; return the preferences as text, in which `-0.0` is not `0.0`."""
    accepted = SettingsPatch.model_validate(body).model_dump(exclude_unset=True)
    changed = SettingsService(Database(engine), lambda: datetime(2024, 1, 1, tzinfo=UTC)).patch(user_id, accepted)
    return json.dumps(changed.preferences, sort_keys=True)


def test_settings_are_patched_alike(diglot_lockstep: Lockstep) -> None:
    """Any patches, hostile ones too, are refused alike or leave the same settings on both dialects."""
    bodies = PATCHES | WELL_FORMED.map(lambda preferences: {"preferences": preferences})

    agreement = differential(
        diglot_lockstep,
        operation(UserRepository.add, user=USERS),
        operation(patch, user_id=WHOSE, body=bodies),
        operation(SettingsRepository.find, user_id=WHOSE),
        known=COUNTERS,
    )

    assert agreement.examples >= 100


def test_visual_feedback_and_steps_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any settings of the screen, and any steps, saved in any order, are the same on both dialects."""
    table = tables.visual_feedback_settings
    screens = values(
        table,
        into=VisualFeedback,
        theme=values(table.c.theme, hostile=False),  # `Theme`: those that the CHECK lists
        flash_intensity=st.integers(0, 100),  # `VisualFeedbackPatch.flash_intensity`
        updated_at=st.none(),
    )
    statuses = values(tables.onboarding_steps.c.status, hostile=False)  # `Status`: those that the CHECK lists

    agreement = differential(
        diglot_lockstep,
        operation(UserRepository.add, user=USERS),
        operation(VisualFeedbackRepository.save, user_id=WHOSE, settings=screens, at=NOW),
        operation(VisualFeedbackRepository.find, user_id=WHOSE),
        operation(OnboardingRepository.save, user_id=WHOSE, step=st.sampled_from(STEPS), status=statuses, at=NOW),
        operation(OnboardingRepository.of_user, user_id=WHOSE),
        known=COUNTERS,
    )

    assert agreement.examples >= 100


def test_customers_are_found_alike(diglot_lockstep: Lockstep) -> None:
    """Any customers are listed, searched, counted and changed alike on both dialects."""
    whose = values(auth.customer_sessions.c.user_id)

    agreement = differential(
        diglot_lockstep,
        operation(UserRepository.add, user=USERS),
        operation(
            CustomerRepository.page,
            query=st.none() | PARTS,
            suspended=st.none() | st.booleans(),
            limit=st.integers(1, 3),
            before=st.none() | st.tuples(NOW, st.uuids()),
        ),
        operation(CustomerRepository.get, customer_id=whose, now=NOW),
        operation(CustomerRepository.set_suspended, customer_id=whose, at=st.none() | NOW),
        operation(CustomerRepository.set_admin, customer_id=whose, is_admin=st.booleans()),
    )

    assert agreement.examples >= 100
