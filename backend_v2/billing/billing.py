"""The routes under `/api/billing/snapshots` and `/api/billing/changes`."""

from dataclasses import asdict
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from flask import request

from backend_v2.auth.customer_session_service import Origin
from backend_v2.billing.billing_service import BillingService
from backend_v2.billing.records import Change, Charge, Snapshot
from backend_v2.billing.schemas import ChangeOut, ChangesOut, SnapshotIn, SnapshotOut, SnapshotsIn, SnapshotsOut
from backend_v2.config import Config
from backend_v2.http.pagination import Cursor
from backend_v2.http.problems import responses
from backend_v2.http.request_id import current_request_id
from backend_v2.http.session_cookie import admin_only, caller, signed_in


def blueprint(service: BillingService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("billing", __name__, url_prefix="/api/billing", tag="billing")

    @routes.get("/snapshots")
    @routes.input(SnapshotsIn, location="query", arg_name="query")
    @routes.output(SnapshotsOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def snapshots(query: SnapshotsIn) -> dict[str, Any]:
        """Return what vendors charged, the newest period first."""
        cursor = Cursor(f"snapshots {query.vendor or '*'}", key=config.page_key)
        before = cursor.two(query.page_token, date.fromisoformat, int)
        found, more = service.page(vendor=query.vendor, limit=query.limit, before=before)
        token = _token(cursor, found[-1] if more else None)
        return SnapshotsOut(snapshots=[_out(one) for one in found], next_page_token=token).model_dump(mode="json")

    @routes.post("/snapshots")
    @routes.input(SnapshotIn, arg_name="body")
    @routes.output(SnapshotOut, status_code=201)
    @routes.doc(responses=responses(409))
    @admin_only
    def record_snapshot(body: SnapshotIn) -> dict[str, Any]:
        """Record what a vendor charged; one snapshot for each vendor and period."""
        origin = Origin(request.remote_addr or "unknown", request.headers.get("User-Agent", ""), current_request_id())
        return _out(service.record(caller(), Charge(**body.model_dump()), origin)).model_dump(mode="json")

    @routes.get("/changes")
    @routes.input(SnapshotsIn, location="query", arg_name="query")
    @routes.output(ChangesOut)
    @routes.doc(responses=responses(400))
    @signed_in
    def changes(query: SnapshotsIn) -> dict[str, Any]:
        """Return what vendors charged against the period before, the newest period first."""
        cursor = Cursor(f"billing changes {query.vendor or '*'}", key=config.page_key)
        before = cursor.two(query.page_token, date.fromisoformat, int)
        found, more = service.changes(vendor=query.vendor, limit=query.limit, before=before)
        token = _token(cursor, found[-1] if more else None)
        return ChangesOut(changes=[_change(one) for one in found], next_page_token=token).model_dump(mode="json")

    return routes


def _token(cursor: Cursor, last: Snapshot | Change | None) -> str | None:
    return cursor.token(None if last is None else (last.period_start, last.id))


def _out(snapshot: Snapshot) -> SnapshotOut:
    return SnapshotOut(**asdict(snapshot))


def _change(change: Change) -> ChangeOut:
    return ChangeOut(
        **asdict(change),
        difference_minor=change.difference_minor,
        percent=None if change.percent is None else str(change.percent),
        not_comparable=change.not_comparable,
    )
