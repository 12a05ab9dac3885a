"""Record what vendors charge, list it, and compare each month with the one before."""

from dataclasses import replace
from datetime import date

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.repositories import AuditRepository
from backend_v2.billing.billing_alert_service import BillingAlertService
from backend_v2.billing.records import Change, Charge, Snapshot
from backend_v2.billing.repositories import BillingSnapshotRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict
from backend_v2.http.session_cookie import Caller


class BillingService:
    """Vendors' billing snapshots."""

    def __init__(self, database: Database, alerts: BillingAlertService, clock: Clock) -> None:
        self._database = database
        self._alerts = alerts
        self._clock = clock

    def record(self, caller: Caller, charge: Charge, origin: Origin) -> Snapshot:
        """Store what a vendor charged, as of now, and raise an alarm when it is too much.

        Raises Conflict when the vendor's period is there.
        """
        now = self._clock()
        with self._database.connect() as connection:
            self._alerts.wait_for_vendor(connection, charge.vendor)
            stored = BillingSnapshotRepository(connection).add(charge, fetched_at=now)
            if stored is None:
                raise Conflict(f"{charge.vendor} has a snapshot for {charge.period_start} already")
            self._alerts.look_at(connection, stored)
            detail = {"vendor": charge.vendor, "period_start": charge.period_start.isoformat()}
            event = origin.event("billing_snapshot_recorded", None, detail, at=now)
            AuditRepository(connection).add(replace(event, actor=str(caller.user_id)))
        return stored

    def page(self, *, vendor: str | None, limit: int, before: tuple[date, int] | None) -> tuple[list[Snapshot], bool]:
        """Return one page of snapshots, the newest period first, and whether there are more."""
        with self._database.connect() as connection:
            found = BillingSnapshotRepository(connection).page(vendor=vendor, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit

    def changes(self, *, vendor: str | None, limit: int, before: tuple[date, int] | None) -> tuple[list[Change], bool]:
        """Return one page of snapshots against those before them, the newest first, and whether there are more."""
        with self._database.connect() as connection:
            found = BillingSnapshotRepository(connection).changes(vendor=vendor, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit
