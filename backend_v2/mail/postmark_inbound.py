"""The routes for mail that comes in: Postmark's webhook, and the list for administrators."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint

from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, caller
from backend_v2.http.webhooks import basic_auth, body_up_to
from backend_v2.mail.postmark_inbound_service import PostmarkInboundService
from backend_v2.mail.schemas import InboundIn, InboundOut, InboundsOut, PageIn, ReceivedOut

MOST_BYTES = 10 * 1024 * 1024
"""A mail comes with its attachments, as text that is a third longer."""


def blueprint(service: PostmarkInboundService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("postmark_inbound", __name__, url_prefix="/api", tag="mail")

    @routes.post("/webhooks/postmark/inbound")
    @basic_auth(config.webhooks.postmark_user, config.webhooks.postmark_password)
    @body_up_to(MOST_BYTES)
    @routes.input(InboundIn, arg_name="body")
    @routes.output(ReceivedOut)
    def receive(body: InboundIn) -> dict[str, Any]:
        """Take in a mail: it opens a ticket, or continues one; a replay changes nothing."""
        return ReceivedOut.of(is_new=service.receive(body.mail())).model_dump(mode="json")

    @routes.get("/mail/inbound")
    @routes.input(PageIn, location="query", arg_name="query")
    @routes.output(InboundsOut)
    @routes.doc(responses=responses(400))
    @admin_only
    def inbound(query: PageIn) -> dict[str, Any]:
        """Return the mails that came in, the newest first."""
        cursor = Cursor(f"inbound mail {caller().user_id}", key=config.page_key)
        before = cursor.two(query.page_token, datetime.fromisoformat, int)
        found, more = service.page(limit=query.limit, before=before)
        token = cursor.token((found[-1].received_at, found[-1].id) if more else None)
        out = InboundsOut(messages=[InboundOut(**asdict(one)) for one in found], next_page_token=token)
        return out.model_dump(mode="json")

    return routes
