"""The routes under `/api/admin/customers`: search, suspension, and what is logged of a customer."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from backend_v2.admin.customer_service import CustomerService
from backend_v2.admin.schemas import (
    CustomerInFullOut,
    CustomerOut,
    CustomersIn,
    CustomersOut,
    EventOut,
    EventsIn,
    EventsOut,
    SuspendIn,
)
from backend_v2.auth.signing_in import origin
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, caller


def blueprint(service: CustomerService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("admin_customers", __name__, url_prefix="/api/admin/customers", tag="admin")
    _reading(routes, service, config)
    _suspending(routes, service)
    return routes


def _reading(routes: APIBlueprint, service: CustomerService, config: Config) -> None:
    @routes.get("")
    @routes.input(CustomersIn, location="query", arg_name="query")
    @routes.output(CustomersOut)
    @routes.doc(responses=responses(400))
    @admin_only
    def customers(query: CustomersIn) -> dict[str, Any]:
        """Return customers and administrators, the newest first."""
        scope = f"customers {query.query or '*'} {query.suspended} {caller().user_id}"
        cursor = Cursor(scope, key=config.page_key)
        found, more = service.page(
            query=query.query,
            suspended=query.suspended,
            limit=query.limit,
            before=cursor.two(query.page_token, datetime.fromisoformat, UUID),
        )
        token = cursor.token((found[-1].created_at, found[-1].id) if more else None)
        out = CustomersOut(customers=[CustomerOut(**asdict(one)) for one in found], next_page_token=token)
        return out.model_dump(mode="json")

    @routes.get("/<uuid:customer_id>")
    @routes.output(CustomerInFullOut)
    @admin_only
    def customer(customer_id: UUID) -> dict[str, Any]:
        """Return a customer, with the counts of what is theirs."""
        return CustomerInFullOut(**asdict(service.get(customer_id))).model_dump(mode="json")

    @routes.get("/<uuid:customer_id>/events")
    @routes.input(EventsIn, location="query", arg_name="query")
    @routes.output(EventsOut)
    @routes.doc(responses=responses(400))
    @admin_only
    def events(customer_id: UUID, query: EventsIn) -> dict[str, Any]:
        """Return what the audit log says of a customer, the newest first."""
        cursor = Cursor(f"customer events {customer_id} {caller().user_id}", key=config.page_key)
        found, more = service.events(customer_id, limit=query.limit, before=cursor.one(query.page_token, int))
        token = cursor.token(found[-1].id if more else None)
        out = EventsOut(events=[EventOut(**asdict(one)) for one in found], next_page_token=token)
        return out.model_dump(mode="json")


def _suspending(routes: APIBlueprint, service: CustomerService) -> None:
    @routes.post("/<uuid:customer_id>/suspend")
    @routes.input(SuspendIn, arg_name="body")
    @routes.output(CustomerInFullOut)
    @routes.doc(responses=responses(409))
    @admin_only
    def suspend(customer_id: UUID, body: SuspendIn) -> dict[str, Any]:
        """Suspend a customer and end their sessions; 409 for an administrator, and when it was done already."""
        suspended = service.suspend(caller(), customer_id, body.reason, origin())
        return CustomerInFullOut(**asdict(suspended)).model_dump(mode="json")

    @routes.post("/<uuid:customer_id>/reinstate")
    @routes.output(CustomerInFullOut)
    @routes.doc(responses=responses(409))
    @admin_only
    def reinstate(customer_id: UUID) -> dict[str, Any]:
        """Let a suspended customer sign in again; 409 when the customer is not suspended."""
        reinstated = service.reinstate(caller(), customer_id, origin())
        return CustomerInFullOut(**asdict(reinstated)).model_dump(mode="json")
