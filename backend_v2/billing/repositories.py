"""Vendors' billing snapshots, alarms about them, and subscriptions; the connection is somebody else's to commit."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.billing.records import AlertConfig, AlertEvent, Change, Charge, Snapshot, Subscription, Terms
from backend_v2.db.ordering import bytewise
from backend_v2.db.tables import billing
from backend_v2.db.upsert import upsert

_TABLE = billing.vendor_billing_snapshots
_CONFIGS = billing.billing_alert_configs
_EVENTS = billing.billing_alert_events
_SUBSCRIPTIONS = billing.subscriptions


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
        statement = _newest_first(sa.select(_TABLE), vendor=vendor, limit=limit, before=before)
        return [Snapshot(**row._mapping) for row in self._connection.execute(statement)]

    def newest(self, vendor: str) -> Snapshot | None:
        """Return a vendor's snapshot of the newest period."""
        row = self._connection.execute(_newest_first(sa.select(_TABLE), vendor=vendor, limit=1)).first()
        return None if row is None else Snapshot(**row._mapping)

    def changes(self, *, vendor: str | None, limit: int, before: tuple[date, int] | None = None) -> list[Change]:
        """Return snapshots, each with the one before it of its vendor, in the order and the pages of `page`.

        The one before is looked up for the rows of the page alone; a window function would read the whole table.
        """
        earlier, previous = _TABLE.alias("earlier"), _TABLE.alias("previous")
        older = (earlier.c.vendor == _TABLE.c.vendor) & (earlier.c.period_start < _TABLE.c.period_start)
        last_day = sa.select(sa.func.max(earlier.c.period_start)).where(older).correlate(_TABLE).scalar_subquery()
        is_previous = (previous.c.vendor == _TABLE.c.vendor) & (previous.c.period_start == last_day)
        own = ("id", "vendor", "period_start", "period_end", "amount_minor", "currency")
        compared = ("period_start", "amount_minor", "currency")
        statement = sa.select(
            *(_TABLE.c[name] for name in own), *(previous.c[name].label(f"previous_{name}") for name in compared)
        ).select_from(_TABLE.outerjoin(previous, is_previous))
        statement = _newest_first(statement, vendor=vendor, limit=limit, before=before)
        return [Change(**row._mapping) for row in self._connection.execute(statement)]


class BillingAlertConfigRepository:
    """The table `billing_alert_configs`: at most one row for each vendor."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[AlertConfig]:
        """Return every vendor's configuration, by vendor."""
        statement = sa.select(_CONFIGS).order_by(bytewise(_CONFIGS.c.vendor))
        return [AlertConfig(**row._mapping) for row in self._connection.execute(statement)]

    def find(self, vendor: str) -> AlertConfig | None:
        """Return a vendor's configuration."""
        row = self._connection.execute(sa.select(_CONFIGS).where(_CONFIGS.c.vendor == vendor)).first()
        return None if row is None else AlertConfig(**row._mapping)

    def save(self, vendor: str, *, threshold_minor: int, currency: str, enabled: bool, at: datetime) -> AlertConfig:
        """Store a vendor's configuration in place of the one that was there, which keeps its id; return it."""
        values = {"threshold_minor": threshold_minor, "currency": currency, "enabled": enabled, "updated_at": at}
        statement = upsert(self._connection, _CONFIGS).values(vendor=vendor, **values)
        statement = statement.on_conflict_do_update(
            index_elements=["vendor"], set_={name: statement.excluded[name] for name in values}
        )
        return AlertConfig(**self._connection.execute(statement.returning(*_CONFIGS.c)).one()._mapping)

    def delete(self, vendor: str) -> bool:
        """Delete a vendor's configuration with its events; return whether there was one."""
        return self._connection.execute(sa.delete(_CONFIGS).where(_CONFIGS.c.vendor == vendor)).rowcount == 1


class BillingAlertEventRepository:
    """The table `billing_alert_events`: at most one row for each configuration and snapshot."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, config: AlertConfig, snapshot: Snapshot, *, at: datetime) -> bool:
        """Raise an alarm; return False, and change nothing, when this snapshot has raised it already."""
        statement = upsert(self._connection, _EVENTS).values(
            config_id=config.id,
            snapshot_id=snapshot.id,
            amount_minor=snapshot.amount_minor,
            threshold_minor=config.threshold_minor,
            raised_at=at,
        )
        statement = statement.on_conflict_do_nothing(index_elements=["config_id", "snapshot_id"])
        return self._connection.execute(statement.returning(_EVENTS.c.id)).first() is not None

    def page(self, *, vendor: str | None, limit: int, before: int | None = None) -> list[AlertEvent]:
        """Return events, the newest first; `before` is the id of the last one of the page before."""
        of_snapshot = [_TABLE.c[name] for name in ("vendor", "period_start", "period_end", "currency")]
        statement = sa.select(_EVENTS, *of_snapshot).join(_TABLE, _TABLE.c.id == _EVENTS.c.snapshot_id)
        if vendor is not None:
            statement = statement.where(_TABLE.c.vendor == vendor)
        if before is not None:
            statement = statement.where(_EVENTS.c.id < before)
        statement = statement.order_by(_EVENTS.c.id.desc()).limit(limit)
        return [AlertEvent(**row._mapping) for row in self._connection.execute(statement)]


class SubscriptionRepository:
    """The table `subscriptions`: at most one row for each user."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, user_id: UUID) -> Subscription | None:
        """Return a user's subscription."""
        statement = sa.select(_SUBSCRIPTIONS).where(_SUBSCRIPTIONS.c.user_id == user_id)
        row = self._connection.execute(statement).first()
        return None if row is None else Subscription(**row._mapping)

    def save(
        self, user_id: UUID, terms: Terms, *, new_id: UUID, cancelled_at: datetime | None, at: datetime
    ) -> Subscription:
        """Store a user's subscription, with `new_id` when it is their first, else under the id that it has."""
        values = {**asdict(terms), "cancelled_at": cancelled_at, "updated_at": at}
        statement = upsert(self._connection, _SUBSCRIPTIONS).values(id=new_id, user_id=user_id, **values)
        statement = statement.on_conflict_do_update(
            index_elements=["user_id"], set_={name: statement.excluded[name] for name in values}
        )
        return Subscription(**self._connection.execute(statement.returning(*_SUBSCRIPTIONS.c)).one()._mapping)


def _newest_first(
    statement: sa.Select[Any], *, vendor: str | None, limit: int, before: tuple[date, int] | None = None
) -> sa.Select[Any]:
    """Return the statement over snapshots as one page: the newest period first, of one period the newest row."""
    if vendor is not None:
        statement = statement.where(_TABLE.c.vendor == vendor)
    if before is not None:
        day, number = before
        key = sa.tuple_(sa.literal(day, _TABLE.c.period_start.type), sa.literal(number, _TABLE.c.id.type))
        statement = statement.where(sa.tuple_(_TABLE.c.period_start, _TABLE.c.id) < key)
    return statement.order_by(_TABLE.c.period_start.desc(), _TABLE.c.id.desc()).limit(limit)
