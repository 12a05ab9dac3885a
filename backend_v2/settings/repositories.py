"""What users have set; each repository works on a connection that somebody else commits."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.ordering import bytewise
from backend_v2.db.tables import settings as tables
from backend_v2.db.upsert import upsert
from backend_v2.settings.records import Settings, Step, VisualFeedback

_SETTINGS = tables.user_settings
_VISUAL = tables.visual_feedback_settings
_STEPS = tables.onboarding_steps

_SETTINGS_COLUMNS = [_SETTINGS.c[name] for name in Settings.__dataclass_fields__]
_VISUAL_COLUMNS = [_VISUAL.c[name] for name in VisualFeedback.__dataclass_fields__]
_STEP_COLUMNS = [_STEPS.c[name] for name in Step.__dataclass_fields__]


class SettingsRepository:
    """The table `user_settings`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, user_id: UUID) -> Settings | None:
        """Return what a user has set; None when that is nothing."""
        statement = sa.select(*_SETTINGS_COLUMNS).where(_SETTINGS.c.user_id == user_id)
        row = self._connection.execute(statement).first()
        return None if row is None else Settings(**row._mapping)

    def save(self, user_id: UUID, settings: Settings, *, at: datetime) -> Settings:
        """Store a user's settings in place of those that were there; return them as stored, as of `at`."""
        statement = upsert(self._connection, _SETTINGS).values(
            user_id=user_id,
            time_zone=settings.time_zone,
            locale=settings.locale,
            preferences=settings.preferences,
            updated_at=at,
        )
        names = ("time_zone", "locale", "preferences", "updated_at")
        statement = statement.on_conflict_do_update(
            index_elements=["user_id"], set_={name: statement.excluded[name] for name in names}
        )
        row = self._connection.execute(statement.returning(*_SETTINGS_COLUMNS)).one()
        return Settings(**row._mapping)


class VisualFeedbackRepository:
    """The table `visual_feedback_settings`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, user_id: UUID) -> VisualFeedback | None:
        """Return how a user wants the screen to react; None when they have not said."""
        statement = sa.select(*_VISUAL_COLUMNS).where(_VISUAL.c.user_id == user_id)
        row = self._connection.execute(statement).first()
        return None if row is None else VisualFeedback(**row._mapping)

    def save(self, user_id: UUID, settings: VisualFeedback, *, at: datetime) -> VisualFeedback:
        """Store them in place of those that were there; return them as stored, as of `at`."""
        statement = upsert(self._connection, _VISUAL).values(
            user_id=user_id,
            theme=settings.theme,
            animations=settings.animations,
            sounds=settings.sounds,
            flash_intensity=settings.flash_intensity,
            updated_at=at,
        )
        names = ("theme", "animations", "sounds", "flash_intensity", "updated_at")
        statement = statement.on_conflict_do_update(
            index_elements=["user_id"], set_={name: statement.excluded[name] for name in names}
        )
        row = self._connection.execute(statement.returning(*_VISUAL_COLUMNS)).one()
        return VisualFeedback(**row._mapping)


class OnboardingRepository:
    """The table `onboarding_steps`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_user(self, user_id: UUID) -> list[Step]:
        """Return the steps that a user has touched, by their names."""
        statement = sa.select(*_STEP_COLUMNS).where(_STEPS.c.user_id == user_id).order_by(bytewise(_STEPS.c.step))
        return [Step(**row._mapping) for row in self._connection.execute(statement)]

    def save(self, user_id: UUID, step: str, *, status: str, at: datetime) -> Step:
        """Store how far a user is with a step; return it as stored."""
        statement = upsert(self._connection, _STEPS).values(user_id=user_id, step=step, status=status, updated_at=at)
        statement = statement.on_conflict_do_update(
            index_elements=["user_id", "step"],
            set_={name: statement.excluded[name] for name in ("status", "updated_at")},
        )
        return Step(**self._connection.execute(statement.returning(*_STEP_COLUMNS)).one()._mapping)
