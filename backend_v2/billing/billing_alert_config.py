"""The routes under `/api/billing/alerts`: above which amounts there is an alarm, and the alarms."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint

from backend_v2.auth.signing_in import origin
from backend_v2.billing.billing_alert_service import BillingAlertService
from backend_v2.billing.schemas import (
    AlertConfigIn,
    AlertConfigOut,
    AlertConfigsOut,
    AlertEventOut,
    AlertEventsIn,
    AlertEventsOut,
    created,
)
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, caller


def blueprint(service: BillingAlertService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("billing_alert_config", __name__, url_prefix="/api/billing/alerts", tag="billing")
    _configs(routes, service)
    _events(routes, service, config)
    return routes


def _configs(routes: APIBlueprint, service: BillingAlertService) -> None:
    @routes.get("/configs")
    @routes.output(AlertConfigsOut)
    @admin_only
    def alert_configs() -> dict[str, Any]:
        """Return every vendor's configuration, by vendor."""
        return AlertConfigsOut(configs=[AlertConfigOut(**asdict(one)) for one in service.configs()]).model_dump(
            mode="json"
        )

    @routes.put("/configs/<vendor>")
    @routes.input(AlertConfigIn, arg_name="body")
    @routes.output(AlertConfigOut)
    @routes.doc(responses=created(AlertConfigOut))
    @admin_only
    def put_alert_config(vendor: str, body: AlertConfigIn) -> tuple[dict[str, Any], int]:
        """Set above which amount a vendor's bill raises an alarm; 201 when the vendor had no configuration."""
        config, is_new = service.put(caller(), vendor, **body.model_dump(), origin=origin())
        return AlertConfigOut(**asdict(config)).model_dump(mode="json"), 201 if is_new else 200

    @routes.delete("/configs/<vendor>")
    @routes.output({}, status_code=204)
    @admin_only
    def delete_alert_config(vendor: str) -> str:
        """Delete a vendor's configuration, with the alarms that it raised."""
        service.delete(caller(), vendor, origin())
        return ""


def _events(routes: APIBlueprint, service: BillingAlertService, config: Config) -> None:
    @routes.get("/events")
    @routes.input(AlertEventsIn, location="query", arg_name="query")
    @routes.output(AlertEventsOut)
    @routes.doc(responses=responses(400))
    @admin_only
    def alert_events(query: AlertEventsIn) -> dict[str, Any]:
        """Return the alarms, the newest first."""
        cursor = Cursor(f"billing alerts {query.vendor or '*'}", key=config.page_key)
        before = cursor.one(query.page_token, int)
        found, more = service.events(vendor=query.vendor, limit=query.limit, before=before)
        token = cursor.token(found[-1].id if more else None)
        out = AlertEventsOut(events=[AlertEventOut(**asdict(one)) for one in found], next_page_token=token)
        return out.model_dump(mode="json")
