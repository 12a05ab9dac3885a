"""Record what vendors charge, and list it."""

from datetime import date

from backend_v2.billing.records import Charge, Snapshot
from backend_v2.billing.repositories import BillingSnapshotRepository
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import Conflict


class BillingService:
    """Vendors' billing snapshots."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def record(self, charge: Charge) -> Snapshot:
        """Store what a vendor charged, as of now; raises Conflict when the vendor's period is there."""
        with self._database.connect() as connection:
            stored = BillingSnapshotRepository(connection).add(charge, fetched_at=self._clock())
        if stored is None:
            raise Conflict(f"{charge.vendor} has a snapshot for {charge.period_start} already")
        return stored

    def page(self, *, vendor: str | None, limit: int, before: tuple[date, int] | None) -> tuple[list[Snapshot], bool]:
        """Return one page of snapshots, the newest period first, and whether there are more."""
        with self._database.connect() as connection:
            found = BillingSnapshotRepository(connection).page(vendor=vendor, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit
