"""The routes under `/api/support/customer-map`: which user an address belongs to."""

from dataclasses import asdict
from typing import Any

from apiflask import APIBlueprint
from pydantic import TypeAdapter, ValidationError

from backend_v2.auth.signing_in import origin
from backend_v2.config import Config
from backend_v2.errors import NotFound
from backend_v2.http.fields import Email
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, caller
from backend_v2.support.schemas import MappingIn, MappingOut, MappingsOut, PageIn
from backend_v2.support.support_customer_map_service import SupportCustomerMapService

_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
_CREATED: dict[int | str, Any] = {
    201: {
        "description": "The address is new to the map",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/MappingOut"}}},
    },
}


def blueprint(service: SupportCustomerMapService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("support_customer_map", __name__, url_prefix="/api/support/customer-map", tag="support")

    @routes.get("")
    @routes.input(PageIn, location="query", arg_name="query")
    @routes.output(MappingsOut)
    @routes.doc(responses=responses(400))
    @admin_only
    def customer_map(query: PageIn) -> dict[str, Any]:
        """Return the map in order of the addresses."""
        cursor = Cursor(f"customer map {caller().user_id}", key=config.page_key)
        found, more = service.page(limit=query.limit, after=cursor.one(query.page_token, str))
        token = cursor.token(found[-1].email if more else None)
        out = MappingsOut(customers=[MappingOut(**asdict(one)) for one in found], next_page_token=token)
        return out.model_dump(mode="json")

    # An address may have a slash before its @.
    @routes.put("/<path:email>")
    @routes.input(MappingIn, arg_name="body")
    @routes.output(MappingOut)
    @routes.doc(responses=_CREATED)
    @admin_only
    def put(email: str, body: MappingIn) -> tuple[dict[str, Any], int]:
        """Give an address to a user: 201 when it is new to the map, 200 when it was there; 404 without such a user."""
        stored, is_new = service.put(caller(), _address(email), body.user_id, origin())
        return MappingOut(**asdict(stored)).model_dump(mode="json"), 201 if is_new else 200

    @routes.delete("/<path:email>")
    @routes.output({}, status_code=204)
    @admin_only
    def delete(email: str) -> str:
        """Take an address out of the map."""
        service.delete(caller(), _address(email), origin())
        return ""

    return routes


def _address(text: str) -> str:
    """Return the address of a path, in lower case; raises NotFound, since nothing can be at another path."""
    try:
        return _EMAIL.validate_python(text)
    except ValidationError:
        raise NotFound("there is no such address") from None
