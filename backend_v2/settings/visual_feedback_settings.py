"""The routes under `/api/settings/visual-feedback`: themes, animations, sounds and flashes."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint

from backend_v2.http.session_cookie import caller, signed_in
from backend_v2.settings.schemas import VisualFeedbackOut, VisualFeedbackPatch
from backend_v2.settings.visual_feedback_settings_service import VisualFeedbackSettingsService


def blueprint(service: VisualFeedbackSettingsService) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint(
        "visual_feedback_settings", __name__, url_prefix="/api/settings/visual-feedback", tag="settings"
    )

    @routes.get("")
    @routes.output(VisualFeedbackOut)
    @signed_in
    def visual_feedback() -> dict[str, Any]:
        """Return how the screen reacts to the signed-in user; defaults where nothing is stored."""
        return VisualFeedbackOut(**asdict(service.get(caller().user_id))).model_dump(mode="json")

    @routes.patch("")
    @routes.input(VisualFeedbackPatch, arg_name="body")
    @routes.output(VisualFeedbackOut)
    @signed_in
    def patch_visual_feedback(body: VisualFeedbackPatch) -> dict[str, Any]:
        """Change it by a JSON Merge Patch (RFC 7396), sent as application/json."""
        changed = service.patch(caller().user_id, body.model_dump(exclude_unset=True))
        return VisualFeedbackOut(**asdict(changed)).model_dump(mode="json")

    return routes
