"""The routes for mail that has arrived: Postmark's webhook, and the list for administrators."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint

from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, caller
from backend_v2.http.webhooks import basic_auth
from backend_v2.mail.postmark_delivery_service import PostmarkDeliveryService
from backend_v2.mail.schemas import DeliveriesOut, DeliveryIn, DeliveryOut, PageIn, ReceivedOut


def blueprint(service: PostmarkDeliveryService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("postmark_delivery", __name__, url_prefix="/api", tag="mail")

    @routes.post("/webhooks/postmark/delivery")
    @basic_auth(config.webhooks.postmark_user, config.webhooks.postmark_password)
    @routes.input(DeliveryIn, arg_name="body")
    @routes.output(ReceivedOut)
    def receive(body: DeliveryIn) -> dict[str, Any]:
        """Note that a mail of ours arrived; a replay changes nothing."""
        return ReceivedOut.of(is_new=service.receive(body.delivery())).model_dump(mode="json")

    @routes.get("/mail/deliveries")
    @routes.input(PageIn, location="query", arg_name="query")
    @routes.output(DeliveriesOut)
    @routes.doc(responses=responses(400))
    @admin_only
    def deliveries(query: PageIn) -> dict[str, Any]:
        """Return the deliveries, the newest first."""
        cursor = Cursor(f"deliveries {caller().user_id}", key=config.page_key)
        before = cursor.two(query.page_token, datetime.fromisoformat, int)
        found, more = service.page(limit=query.limit, before=before)
        token = cursor.token((found[-1].received_at, found[-1].id) if more else None)
        out = DeliveriesOut(deliveries=[DeliveryOut(**asdict(one)) for one in found], next_page_token=token)
        return out.model_dump(mode="json")

    return routes
