"""The routes under `/api/marketing`: contacts, opting out by a link, and users' own choice."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint

from backend_v2.auth.signing_in import origin
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, caller, signed_in
from backend_v2.marketing.marketing_service import MarketingService
from backend_v2.marketing.schemas import (
    AcceptedOut,
    ContactIn,
    ContactOut,
    ContactsIn,
    ContactsOut,
    OptedOutOut,
    OptOutIn,
    PreferenceIn,
    PreferenceOut,
)


def blueprint(service: MarketingService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("marketing", __name__, url_prefix="/api/marketing", tag="marketing")
    _contacts(routes, service, config)
    _opting_out(routes, service)
    _preference(routes, service)
    return routes


def _contacts(routes: APIBlueprint, service: MarketingService, config: Config) -> None:
    @routes.post("/contacts")
    @routes.input(ContactIn, arg_name="body")
    @routes.output(AcceptedOut, status_code=202)
    def sign_up(body: ContactIn) -> dict[str, Any]:
        """Sign an address up for marketing mail; for everybody. One that opted out stays so, and nobody is told."""
        service.sign_up(body.email, body.source)
        return AcceptedOut().model_dump(mode="json")

    @routes.get("/contacts")
    @routes.input(ContactsIn, location="query", arg_name="query")
    @routes.output(ContactsOut)
    @routes.doc(responses=responses(400))
    @admin_only
    def contacts(query: ContactsIn) -> dict[str, Any]:
        """Return contacts by id, each with the token of its link to opt out."""
        scope = f"marketing contacts {query.opted_out} {caller().user_id}"
        cursor = Cursor(scope, key=config.page_key)
        found, more = service.page(
            opted_out=query.opted_out, limit=query.limit, after=cursor.one(query.page_token, int) or 0
        )
        token = cursor.token(found[-1].id if more else None)
        listed = [ContactOut(**asdict(one), opt_out_token=service.token(one.email or "")) for one in found]
        return ContactsOut(contacts=listed, next_page_token=token).model_dump(mode="json")


def _opting_out(routes: APIBlueprint, service: MarketingService) -> None:
    @routes.post("/opt-out")
    @routes.input(OptOutIn, arg_name="body")
    @routes.output(OptedOutOut)
    def opt_out(body: OptOutIn) -> dict[str, Any]:
        """Opt an address out, for good; for whoever has the link from its mail."""
        service.opt_out(body.token, origin())
        return OptedOutOut().model_dump(mode="json")

    @routes.post("/opt-out/one-click")
    @routes.input(OptOutIn, location="query", arg_name="query")
    @routes.output(OptedOutOut)
    @routes.doc(responses=responses(400))
    def one_click(query: OptOutIn) -> dict[str, Any]:
        """Do the same for mail programs (RFC 8058), whose form in the body says nothing that the address does not."""
        service.opt_out(query.token, origin())
        return OptedOutOut().model_dump(mode="json")


def _preference(routes: APIBlueprint, service: MarketingService) -> None:
    @routes.get("/preference")
    @routes.output(PreferenceOut)
    @signed_in
    def preference() -> dict[str, Any]:
        """Return whether the signed-in user gets marketing mail."""
        return PreferenceOut(**asdict(service.preference(caller()))).model_dump(mode="json")

    @routes.put("/preference")
    @routes.input(PreferenceIn, arg_name="body")
    @routes.output(PreferenceOut)
    @signed_in
    def put_preference(body: PreferenceIn) -> dict[str, Any]:
        """Opt the signed-in user out, or in; the one way to opt in again."""
        chosen = service.set_preference(caller(), opted_out=body.opted_out, origin=origin())
        return PreferenceOut(**asdict(chosen)).model_dump(mode="json")
