"""The route `/api/auth/events`."""

from typing import Any

from apiflask import APIBlueprint

from backend_v2.auth.account_service import AccountService
from backend_v2.auth.schemas import EventOut, EventsIn, EventsOut
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import caller, signed_in


def blueprint(service: AccountService, config: Config) -> APIBlueprint:
    """Return the route over this service."""
    routes = APIBlueprint("events", __name__, url_prefix="/api/auth", tag="auth")

    @routes.get("/events")
    @routes.input(EventsIn, location="query", arg_name="query")
    @routes.output(EventsOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def events(query: EventsIn) -> dict[str, Any]:
        """Return what happened to the signed-in user, and what they did, the newest first."""
        cursor = Cursor(f"events of {caller().user_id}", key=config.page_key)
        found, more = service.events(caller(), limit=query.limit, before=cursor.one(query.page_token, int))
        token = cursor.token(found[-1].id if more else None)
        return EventsOut(events=[EventOut.of(one) for one in found], next_page_token=token).model_dump(mode="json")

    return routes
