"""What the settings routes take and give.

A PATCH is a JSON Merge Patch on the whole: a field that is left out stays, null puts its default back.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StrictBool, StringConstraints
from pydantic.json_schema import WithJsonSchema

from backend_v2.errors import JsonDoesNotFit
from backend_v2.http.fields import Closed
from backend_v2.settings.preferences import described, normalised
from backend_v2.settings.time_zones import TIME_ZONES

Theme = Literal["light", "dark", "system"]
StepName = Literal["welcome", "passkey_backup", "risk_disclosure", "paper_account", "first_order"]
Status = Literal["pending", "done", "skipped"]


def _known_zone(name: str) -> str:
    if name not in TIME_ZONES:
        raise ValueError("it is no time zone such as Europe/Berlin")
    return name


def _preferences(patch: Any) -> Any:
    if not isinstance(patch, dict):
        raise ValueError("it must be an object")  # noqa: TRY004 - pydantic takes ValueError alone
    try:
        return normalised(patch)
    except JsonDoesNotFit as error:
        raise ValueError(str(error)) from error


TimeZone = Annotated[str, AfterValidator(_known_zone), WithJsonSchema({"type": "string", "enum": list(TIME_ZONES)})]
"""A name of the IANA database, in its own spelling."""

Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]
"""Language, script and region as BCP 47 writes them: `de`, `en-US`, `zh-Hant-TW`, `es-419`."""

Preferences = Annotated[dict[str, Any], BeforeValidator(_preferences), WithJsonSchema(described())]
"""A merge patch on the preferences."""


def _without_default(schema: dict[str, Any]) -> None:
    """Leave the default out of the description: a field that is not sent is not null, it stays."""
    del schema["default"]


def _left_out() -> Any:
    return Field(default=None, json_schema_extra=_without_default)


class SettingsPatch(Closed):
    """What is to change; null puts a default back, and empties the preferences."""

    time_zone: TimeZone | None = _left_out()
    locale: Locale | None = _left_out()
    preferences: Preferences | None = _left_out()


class SettingsOut(BaseModel):
    """A user's settings. updated_at: null while they are the defaults, and nothing is stored."""

    time_zone: str
    locale: str
    preferences: dict[str, Any]
    updated_at: datetime | None


class VisualFeedbackPatch(Closed):
    """What is to change; null puts a default back. flash_intensity: percent."""

    theme: Theme | None = _left_out()
    animations: StrictBool | None = _left_out()
    sounds: StrictBool | None = _left_out()
    flash_intensity: Annotated[int, Field(strict=True, ge=0, le=100)] | None = _left_out()


class VisualFeedbackOut(BaseModel):
    """How the screen reacts. updated_at: null while these are the defaults, and nothing is stored."""

    theme: Theme
    animations: bool
    sounds: bool
    flash_intensity: int
    updated_at: datetime | None


class StepIn(Closed):
    """How far the user is with a step."""

    status: Status


class StepOut(BaseModel):
    """One step. updated_at: when its status last changed, null for one that was never touched."""

    step: StepName
    status: Status
    updated_at: datetime | None


class OnboardingOut(BaseModel):
    """Every step, in order. completed: each is done or skipped."""

    steps: list[StepOut]
    completed: bool
