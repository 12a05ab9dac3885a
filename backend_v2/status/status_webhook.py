"""The routes of the status page: its webhook, and what everybody may read."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint

from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.webhooks import signed_body
from backend_v2.status.records import StoredStatusEvent
from backend_v2.status.schemas import (
    ComponentOut,
    EventsIn,
    StatusEventIn,
    StatusEventOut,
    StatusEventsOut,
    StatusOut,
    StatusReceivedOut,
)
from backend_v2.status.status_service import StatusService


def blueprint(service: StatusService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("status_webhook", __name__, url_prefix="/api", tag="status")

    @routes.post("/webhooks/status")
    @signed_body(config.webhooks.status_secret)
    @routes.input(StatusEventIn, arg_name="body")
    @routes.output(StatusReceivedOut)
    def receive(body: StatusEventIn) -> dict[str, Any]:
        """Take in an event; a replay changes nothing, and the order in which events come does not matter."""
        is_new = service.receive(body.event())
        return StatusReceivedOut(result="stored" if is_new else "replayed").model_dump(mode="json")

    @routes.get("/status")
    @routes.output(StatusOut)
    def status() -> dict[str, Any]:
        """Return how each component is, and the worst of them."""
        worst, found = service.current()
        components = [ComponentOut.model_validate({**asdict(one), "since": one.occurred_at}) for one in found]
        out = StatusOut.model_validate({"status": worst, "components": components})
        return out.model_dump(mode="json")

    @routes.get("/status/events")
    @routes.input(EventsIn, location="query", arg_name="query")
    @routes.output(StatusEventsOut)
    @routes.doc(responses=responses(400))
    def events(query: EventsIn) -> dict[str, Any]:
        """Return what happened, the newest first."""
        # A component's name may be of any characters, the star included; quotes tell it from all components.
        cursor = Cursor(f"status events {query.component!r}", key=config.page_key)
        before = cursor.two(query.page_token, datetime.fromisoformat, str)
        found, more = service.page(component=query.component, limit=query.limit, before=before)
        token = cursor.token((found[-1].occurred_at, found[-1].provider_event_id) if more else None)
        return StatusEventsOut(events=[_out(one) for one in found], next_page_token=token).model_dump(mode="json")

    return routes


def _out(event: StoredStatusEvent) -> StatusEventOut:
    return StatusEventOut.model_validate({**asdict(event), "id": event.provider_event_id})
