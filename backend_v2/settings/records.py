"""What a user has set, and the steps of their onboarding; the defaults stand where nothing is stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a user wants Raptor. time_zone: an IANA name. locale: a BCP 47 tag. preferences: a client's own JSON.

    updated_at: None when nothing is stored.
    """

    time_zone: str
    locale: str
    preferences: dict[str, Any]
    updated_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class VisualFeedback:
    """How loudly the screen reacts. theme: `light`, `dark` or `system`. flash_intensity: percent."""

    theme: str
    animations: bool
    sounds: bool
    flash_intensity: int
    updated_at: datetime | None


@dataclass(frozen=True)
class Step:
    """One step of the onboarding. status: `pending`, `done` or `skipped`. updated_at: None for one never touched."""

    step: str
    status: str
    updated_at: datetime | None


SETTINGS = Settings(time_zone="UTC", locale="en-US", preferences={}, updated_at=None)
"""What holds for a user who has set nothing."""

VISUAL_FEEDBACK = VisualFeedback(theme="system", animations=True, sounds=False, flash_intensity=50, updated_at=None)
"""The same for the screen."""

STEPS = ("welcome", "passkey_backup", "risk_disclosure", "paper_account", "first_order")
"""The onboarding, in its order."""

NOT_TO_SKIP = frozenset({"risk_disclosure"})
"""What the law wants every customer to have seen."""
