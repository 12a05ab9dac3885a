"""The routes under `/api/billing`."""

from dataclasses import asdict
from datetime import date
from typing import Any

from apiflask import APIBlueprint

from backend_v2.billing.billing_service import BillingService
from backend_v2.billing.records import Charge, Snapshot
from backend_v2.billing.schemas import SnapshotIn, SnapshotOut, SnapshotsIn, SnapshotsOut
from backend_v2.config import Config
from backend_v2.http import pagination
from backend_v2.http.problems import responses
from backend_v2.http.session_cookie import admin_only, signed_in


def blueprint(service: BillingService, config: Config) -> APIBlueprint:
    """Return the routes over this service."""
    routes = APIBlueprint("billing", __name__, url_prefix="/api/billing", tag="billing")

    @routes.get("/snapshots")
    @routes.input(SnapshotsIn, location="query", arg_name="query")
    @routes.output(SnapshotsOut)
    @routes.doc(responses=responses(400, 401, 422))
    @signed_in
    def snapshots(query: SnapshotsIn) -> dict[str, Any]:
        """Return what vendors charged, the newest period first."""
        scope = f"snapshots {query.vendor or '*'}"
        before = None
        if query.page_token is not None:
            day, number = pagination.decode(query.page_token, scope=scope, key=config.page_key)
            before = (date.fromisoformat(day), int(number))
        found, more = service.page(vendor=query.vendor, limit=query.limit, before=before)
        token = None
        if more:
            last = found[-1]
            token = pagination.encode([last.period_start.isoformat(), last.id], scope=scope, key=config.page_key)
        return SnapshotsOut(snapshots=[_out(one) for one in found], next_page_token=token).model_dump(mode="json")

    @routes.post("/snapshots")
    @routes.input(SnapshotIn, arg_name="body")
    @routes.output(SnapshotOut, status_code=201)
    @routes.doc(responses=responses(401, 403, 409, 422))
    @admin_only
    def record_snapshot(body: SnapshotIn) -> dict[str, Any]:
        """Record what a vendor charged; one snapshot for each vendor and month."""
        return _out(service.record(Charge(**body.model_dump()))).model_dump(mode="json")

    return routes


def _out(snapshot: Snapshot) -> SnapshotOut:
    return SnapshotOut(**asdict(snapshot))
