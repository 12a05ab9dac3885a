"""Events of the status page; the connection is somebody else's to commit."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from backend_v2.db.ordering import bytewise
from backend_v2.db.tables.support import status_events
from backend_v2.db.upsert import upsert
from backend_v2.status.records import StatusEvent, StoredStatusEvent

_LISTED = [status_events.c[name] for name in StoredStatusEvent.__dataclass_fields__]
# Of two events of one instant the order of their ids decides, so that it does not matter which one was told first.
_NEWEST_FIRST = (status_events.c.occurred_at.desc(), bytewise(status_events.c.provider_event_id).desc())


class StatusEventRepository:
    """The table `status_events`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, event: StatusEvent, *, at: datetime) -> StoredStatusEvent | None:
        """Insert an event and return it as stored; None, and no change, when it is there already."""
        statement = upsert(self._connection, status_events).values(**asdict(event), received_at=at)
        statement = statement.on_conflict_do_nothing(index_elements=["provider_event_id"])
        row = self._connection.execute(statement.returning(*_LISTED)).first()
        return None if row is None else StoredStatusEvent(**row._mapping)

    def find(self, provider_event_id: str) -> StoredStatusEvent | None:
        """Return the event with this id of the status page's."""
        chosen = status_events.c.provider_event_id == provider_event_id
        row = self._connection.execute(sa.select(*_LISTED).where(chosen)).first()
        return None if row is None else StoredStatusEvent(**row._mapping)

    def current(self) -> list[StoredStatusEvent]:
        """Return the newest event of each component, in order of the components."""
        rank = sa.func.row_number().over(partition_by=status_events.c.component, order_by=_NEWEST_FIRST)
        ranked = sa.select(*_LISTED, rank.label("rank")).subquery()
        columns = [ranked.c[name] for name in StoredStatusEvent.__dataclass_fields__]
        statement = sa.select(*columns).where(ranked.c.rank == 1).order_by(bytewise(ranked.c.component))
        return [StoredStatusEvent(**row._mapping) for row in self._connection.execute(statement)]

    def page(
        self, *, component: str | None, limit: int, before: tuple[datetime, str] | None = None
    ) -> list[StoredStatusEvent]:
        """Return events, the newest first; `before` is the last one of the page before: its instant and id."""
        statement = sa.select(*_LISTED)
        if component is not None:
            statement = statement.where(status_events.c.component == component)
        if before is not None:
            at, event_id = before
            of_the_instant = status_events.c.occurred_at == at
            below = bytewise(status_events.c.provider_event_id) < event_id
            statement = statement.where((status_events.c.occurred_at < at) | (of_the_instant & below))
        statement = statement.order_by(*_NEWEST_FIRST).limit(limit)
        return [StoredStatusEvent(**row._mapping) for row in self._connection.execute(statement)]
