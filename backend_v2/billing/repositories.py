"""Vendors' billing snapshots; the connection is somebody else's to commit."""

from dataclasses import asdict
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.billing.records import Charge, Snapshot
from backend_v2.db.tables import billing
from backend_v2.db.upsert import upsert

_TABLE = billing.vendor_billing_snapshots


class BillingSnapshotRepository:
    """The table `vendor_billing_snapshots`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, charge: Charge, *, fetched_at: datetime) -> Snapshot | None:
        """Insert a charge and return it as stored; None, and no change, when the period is there already.

        A conflict does not fail the statement, so that the transaction stays usable on Postgres too.
        """
        statement = upsert(self._connection, _TABLE).values(**asdict(charge), fetched_at=fetched_at)
        statement = statement.on_conflict_do_nothing(index_elements=["vendor", "period_start"])
        row = self._connection.execute(statement.returning(*_TABLE.c)).first()
        return None if row is None else Snapshot(**row._mapping)

    def page(self, *, vendor: str | None, limit: int, before: tuple[date, int] | None = None) -> list[Snapshot]:
        """Return snapshots, the newest period first; `before` is the last one of the page before."""
        statement = sa.select(_TABLE)
        if vendor is not None:
            statement = statement.where(_TABLE.c.vendor == vendor)
        if before is not None:
            day, number = before
            earlier = _TABLE.c.period_start < day
            statement = statement.where(earlier | ((_TABLE.c.period_start == day) & (_TABLE.c.id < number)))
        statement = statement.order_by(_TABLE.c.period_start.desc(), _TABLE.c.id.desc()).limit(limit)
        return [Snapshot(**row._mapping) for row in self._connection.execute(statement)]
