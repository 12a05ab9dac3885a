"""Say above which amounts vendors' bills raise alarms, and raise each alarm once.

Whoever records a snapshot looks for a configuration, and whoever puts a configuration looks for a snapshot. At
the same time neither would see what the other has not committed, and the alarm would be missed; there may be no
row yet that both could lock. So each first waits for the vendor's turn: the second of them sees what the first did.
Deleting a configuration waits as well, or an event could refer to one that has just gone.
"""

import re
from dataclasses import replace

from sqlalchemy import Connection

from backend_v2.auth.customer_session_service import Origin
from backend_v2.auth.repositories import AuditRepository, wait_for_turn
from backend_v2.billing.records import VENDOR, AlertConfig, AlertEvent, Snapshot
from backend_v2.billing.repositories import (
    BillingAlertConfigRepository,
    BillingAlertEventRepository,
    BillingSnapshotRepository,
)
from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import NotFound
from backend_v2.http.session_cookie import Caller

_VENDOR = re.compile(VENDOR)


class BillingAlertService:
    """Alarms about vendors' bills."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def configs(self) -> list[AlertConfig]:
        """Return every vendor's configuration, by vendor."""
        with self._database.connect() as connection:
            return BillingAlertConfigRepository(connection).all()

    def put(
        self, caller: Caller, vendor: str, *, threshold_minor: int, currency: str, enabled: bool, origin: Origin
    ) -> tuple[AlertConfig, bool]:
        """Store a vendor's configuration, and hold the vendor's newest snapshot against it.

        Return it, and whether it is the vendor's first. Raises NotFound when no vendor can be called so.
        """
        vendor = _known(vendor)
        with self._database.connect() as connection:
            self.wait_for_vendor(connection, vendor)
            repository = BillingAlertConfigRepository(connection)
            is_new = repository.find(vendor) is None
            config = repository.save(
                vendor, threshold_minor=threshold_minor, currency=currency, enabled=enabled, at=self._clock()
            )
            newest = BillingSnapshotRepository(connection).newest(vendor)
            if newest is not None:
                self._raise_if_breached(connection, config, newest)
            detail = {"threshold_minor": str(threshold_minor), "currency": currency, "enabled": str(enabled).lower()}
            self._audit(connection, caller, origin, "billing_alert_set", {"vendor": vendor, **detail})
        return config, is_new

    def delete(self, caller: Caller, vendor: str, origin: Origin) -> None:
        """Delete a vendor's configuration with its events; raises NotFound."""
        vendor = _known(vendor)
        with self._database.connect() as connection:
            self.wait_for_vendor(connection, vendor)
            if not BillingAlertConfigRepository(connection).delete(vendor):
                raise NotFound(f"there is no alert configuration for {vendor}")
            self._audit(connection, caller, origin, "billing_alert_deleted", {"vendor": vendor})

    def events(self, *, vendor: str | None, limit: int, before: int | None) -> tuple[list[AlertEvent], bool]:
        """Return one page of alarms, the newest first, and whether there are more."""
        with self._database.connect() as connection:
            found = BillingAlertEventRepository(connection).page(vendor=vendor, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit

    def wait_for_vendor(self, connection: Connection, vendor: str) -> None:
        """Let one transaction at a time decide on a vendor's alarms; to be called before anything is read."""
        wait_for_turn(connection, f"billing alerts of {vendor}")

    def look_at(self, connection: Connection, snapshot: Snapshot) -> None:
        """Raise an alarm about a snapshot that has just been recorded, in its transaction, if it is too much."""
        config = BillingAlertConfigRepository(connection).find(snapshot.vendor)
        if config is not None:
            self._raise_if_breached(connection, config, snapshot)

    def _raise_if_breached(self, connection: Connection, config: AlertConfig, snapshot: Snapshot) -> None:
        if config.is_breached_by(snapshot):
            BillingAlertEventRepository(connection).add(config, snapshot, at=self._clock())

    def _audit(
        self, connection: Connection, caller: Caller, origin: Origin, name: str, detail: dict[str, str]
    ) -> None:
        event = origin.event(name, None, detail, at=self._clock())
        AuditRepository(connection).add(replace(event, actor=str(caller.user_id)))


def _known(vendor: str) -> str:
    """Return a vendor's name as it is stored; raises NotFound when no vendor can be called so."""
    if not _VENDOR.fullmatch(vendor):
        raise NotFound("no vendor is called so")
    return vendor.lower()
