"""The routes under `/api/settings`: time zone, locale, and a client's preferences."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint

from backend_v2.http.session_cookie import caller, signed_in
from backend_v2.settings.schemas import SettingsOut, SettingsPatch
from backend_v2.settings.settings_service import SettingsService


def blueprint(service: SettingsService) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("settings", __name__, url_prefix="/api/settings", tag="settings")

    @routes.get("")
    @routes.output(SettingsOut)
    @signed_in
    def settings() -> dict[str, Any]:
        """Return the signed-in user's settings; defaults where nothing is stored."""
        return SettingsOut(**asdict(service.get(caller().user_id))).model_dump(mode="json")

    @routes.patch("")
    @routes.input(SettingsPatch, arg_name="body")
    @routes.output(SettingsOut)
    @signed_in
    def patch_settings(body: SettingsPatch) -> dict[str, Any]:
        """Change the signed-in user's settings by a JSON Merge Patch (RFC 7396), sent as application/json."""
        changed = service.patch(caller().user_id, body.model_dump(exclude_unset=True))
        return SettingsOut(**asdict(changed)).model_dump(mode="json")

    return routes
