"""Read and patch how the screen reacts to a user."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from backend_v2.auth.hold import hold_user
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.settings.merge_patch import merge_patch
from backend_v2.settings.records import VISUAL_FEEDBACK, VisualFeedback
from backend_v2.settings.repositories import VisualFeedbackRepository


class VisualFeedbackSettingsService:
    """Users' settings for themes, animations, sounds and flashes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, user_id: UUID) -> VisualFeedback:
        """Return a user's settings, or the defaults when nothing is stored; nothing is written."""
        with self._database.connect() as connection:
            return VisualFeedbackRepository(connection).find(user_id) or VISUAL_FEEDBACK

    def patch(self, user_id: UUID, patch: dict[str, Any]) -> VisualFeedback:
        """Apply a merge patch to a user's settings; what it removes has its default again.

        Of two patches at once neither is lost. Raises Unauthorized when the user has just gone.
        """
        with self._database.connect() as connection:
            hold_user(connection, user_id)
            repository = VisualFeedbackRepository(connection)
            merged = merge_patch(asdict(repository.find(user_id) or VISUAL_FEEDBACK), patch)
            settings = VisualFeedback(**{**asdict(VISUAL_FEEDBACK), **merged})
            return repository.save(user_id, settings, at=self._clock())
