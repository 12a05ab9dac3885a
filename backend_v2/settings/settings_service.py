"""Read and patch what a user has set."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from backend_v2.auth.hold import hold_user
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.settings.merge_patch import merge_patch
from backend_v2.settings.preferences import check_size
from backend_v2.settings.records import SETTINGS, Settings
from backend_v2.settings.repositories import SettingsRepository


class SettingsService:
    """Users' settings."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, user_id: UUID) -> Settings:
        """Return a user's settings, or the defaults when nothing is stored; nothing is written."""
        with self._database.connect() as connection:
            return SettingsRepository(connection).find(user_id) or SETTINGS

    def patch(self, user_id: UUID, patch: dict[str, Any]) -> Settings:
        """Apply a merge patch to a user's settings; what it removes has its default again.

        patch: fields of `Settings`, the preferences normalised. Of two patches at once neither is lost.
        Raises JsonDoesNotFit when the preferences would be too large, Unauthorized when the user has just gone.
        """
        with self._database.connect() as connection:
            hold_user(connection, user_id)
            repository = SettingsRepository(connection)
            merged = merge_patch(asdict(repository.find(user_id) or SETTINGS), patch)
            settings = Settings(**{**asdict(SETTINGS), **merged})
            check_size(settings.preferences)
            return repository.save(user_id, settings, at=self._clock())
