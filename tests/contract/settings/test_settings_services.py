"""The settings services and a user who has just gone, which no route can show: it asks who is signed in first."""

from uuid import uuid4

import pytest

from backend_v2.auth.customer_session_service import Origin
from backend_v2.db.database import Database
from backend_v2.errors import Unauthorized
from backend_v2.settings.onboarding_service import OnboardingService
from backend_v2.settings.settings_service import SettingsService
from backend_v2.settings.visual_feedback_settings_service import VisualFeedbackSettingsService
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock


def test_change_for_a_user_who_has_gone_is_refused(diglot: Diglot, clock: ManualClock) -> None:
    """An account that goes between the guard and the change is not an error of the server: sign in first."""
    database, nobody = Database(diglot.engine), uuid4()

    with pytest.raises(Unauthorized, match="the user is gone"):
        SettingsService(database, clock).patch(nobody, {"locale": "de"})
    with pytest.raises(Unauthorized, match="the user is gone"):
        VisualFeedbackSettingsService(database, clock).patch(nobody, {"theme": "dark"})
    with pytest.raises(Unauthorized, match="the user is gone"):
        OnboardingService(database, clock).move(nobody, "welcome", "done", Origin("::1", "", None))
