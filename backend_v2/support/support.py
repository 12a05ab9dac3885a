"""The routes under `/api/support`: tickets, their messages, and the queue."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from apiflask import APIBlueprint

from backend_v2.auth.signing_in import origin
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, caller, signed_in
from backend_v2.support.records import Message, Ticket
from backend_v2.support.schemas import (
    MessageIn,
    MessageOut,
    PageIn,
    QueueIn,
    TicketIn,
    TicketInFullOut,
    TicketOut,
    TicketsIn,
    TicketsOut,
)
from backend_v2.support.support_service import SupportService


def blueprint(service: SupportService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("support", __name__, url_prefix="/api/support", tag="support")
    _lists(routes, service, config)
    _one(routes, service, config)
    return routes


def _lists(routes: APIBlueprint, service: SupportService, config: Config) -> None:
    @routes.post("/tickets")
    @routes.input(TicketIn, arg_name="body")
    @routes.output(TicketOut, status_code=201)
    @signed_in
    def open_ticket(body: TicketIn) -> dict[str, Any]:
        """Open a ticket of the signed-in user's, with its first message."""
        return _dump(service.open(caller(), subject=body.subject, body=body.body, origin=origin()))

    @routes.get("/tickets")
    @routes.input(TicketsIn, location="query", arg_name="query")
    @routes.output(TicketsOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def tickets(query: TicketsIn) -> dict[str, Any]:
        """Return the signed-in user's tickets, the newest first."""
        cursor = Cursor(f"tickets of {caller().user_id} {query.status or '*'}", key=config.page_key)
        before = cursor.two(query.page_token, datetime.fromisoformat, UUID)
        return _page(*service.page(caller(), status=query.status, limit=query.limit, before=before), cursor)

    @routes.get("/queue")
    @routes.input(QueueIn, location="query", arg_name="query")
    @routes.output(TicketsOut)
    @routes.doc(responses=responses(400))
    @admin_only
    def queue(query: QueueIn) -> dict[str, Any]:
        """Return everybody's tickets, the oldest first: those that are not closed, or those of one status."""
        cursor = Cursor(f"ticket queue of {caller().user_id} {query.status or '*'}", key=config.page_key)
        after = cursor.two(query.page_token, datetime.fromisoformat, UUID)
        return _page(*service.queue(status=query.status, limit=query.limit, after=after), cursor)


def _one(routes: APIBlueprint, service: SupportService, config: Config) -> None:
    @routes.get("/tickets/<uuid:ticket_id>")
    @routes.input(PageIn, location="query", arg_name="query")
    @routes.output(TicketInFullOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def ticket(ticket_id: UUID, query: PageIn) -> dict[str, Any]:
        """Return a ticket with its messages, the oldest first; to its requester, and to administrators."""
        cursor = Cursor(f"ticket {ticket_id} {caller().user_id}", key=config.page_key)
        found, messages, more = service.read(
            caller(), ticket_id, limit=query.limit, after=cursor.one(query.page_token, int)
        )
        token = cursor.token(messages[-1].id if more else None)
        out = TicketInFullOut(**asdict(found), messages=[_message(one) for one in messages], next_page_token=token)
        return out.model_dump(mode="json")

    @routes.post("/tickets/<uuid:ticket_id>/messages")
    @routes.input(MessageIn, arg_name="body")
    @routes.output(MessageOut, status_code=201)
    @routes.doc(responses=responses(502))
    @signed_in
    def write(ticket_id: UUID, body: MessageIn) -> dict[str, Any]:
        """Add a message: the requester's opens the ticket again, an administrator's is mailed to the requester.

        502 when it cannot be mailed: then it is not stored.
        """
        return _message(service.write(caller(), ticket_id, body.body, origin())).model_dump(mode="json")

    @routes.post("/tickets/<uuid:ticket_id>/close")
    @routes.output(TicketOut)
    @routes.doc(responses=responses(409))
    @signed_in
    def close(ticket_id: UUID) -> dict[str, Any]:
        """Close a ticket, as its requester or as an administrator; 409 when it is closed already."""
        return _dump(service.close(caller(), ticket_id, origin()))


def _page(found: list[Ticket], more: bool, cursor: Cursor) -> dict[str, Any]:
    token = cursor.token((found[-1].created_at, found[-1].id) if more else None)
    out = TicketsOut(tickets=[TicketOut(**asdict(one)) for one in found], next_page_token=token)
    return out.model_dump(mode="json")


def _dump(ticket: Ticket) -> dict[str, Any]:
    return TicketOut(**asdict(ticket)).model_dump(mode="json")


def _message(message: Message) -> MessageOut:
    return MessageOut.model_validate(asdict(message))
