"""The routes for subscriptions: a user's own, and any user's for administrators."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from backend_v2.auth.signing_in import origin
from backend_v2.billing.records import Subscription, Terms
from backend_v2.billing.schemas import SubscriptionIn, SubscriptionOut, created
from backend_v2.billing.subscription_service import SubscriptionService
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, caller, signed_in


def blueprint(service: SubscriptionService) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("subscriptions", __name__, url_prefix="/api/billing", tag="billing")

    @routes.get("/subscription")
    @routes.output(SubscriptionOut)
    @routes.doc(responses=responses(404))
    @signed_in
    def subscription() -> dict[str, Any]:
        """Return the signed-in user's subscription; 404 when there is none."""
        return _out(service.get(caller().user_id))

    @routes.post("/subscription/cancel")
    @routes.output(SubscriptionOut)
    @routes.doc(responses=responses(404, 409))
    @signed_in
    def cancel_subscription() -> dict[str, Any]:
        """Cancel the signed-in user's subscription; access stays until `active_until`. 409 when it is cancelled."""
        return _out(service.cancel(caller(), origin()))

    @routes.put("/subscriptions/<uuid:user_id>")
    @routes.input(SubscriptionIn, arg_name="body")
    @routes.output(SubscriptionOut)
    @routes.doc(responses=created(SubscriptionOut) | responses(409))
    @admin_only
    def put_subscription(user_id: UUID, body: SubscriptionIn) -> tuple[dict[str, Any], int]:
        """Set what a user subscribes to; 201 for their first, 409 when the status may not follow the present one."""
        stored, is_new = service.put(caller(), user_id, Terms(**body.model_dump()), origin())
        return _out(stored), 201 if is_new else 200

    return routes


def _out(subscription: Subscription) -> dict[str, Any]:
    facts = {name: value for name, value in asdict(subscription).items() if name not in {"id", "user_id"}}
    return SubscriptionOut(**facts, active_until=subscription.active_until).model_dump(mode="json")
