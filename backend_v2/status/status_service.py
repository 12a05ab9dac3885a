"""Keep the status page's events, and say how everything is."""

from datetime import datetime

from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.status.records import SEVERITIES, StatusEvent, StoredStatusEvent
from backend_v2.status.repositories import StatusEventRepository


class StatusService:
    """The status of components."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def receive(self, event: StatusEvent) -> bool:
        """Store an event; return False, and change nothing, when it was told before."""
        now = self._clock()
        with self._database.connect() as connection:
            events = StatusEventRepository(connection)
            # Asked first, since an insert that conflicts uses up a number on Postgres.
            if events.find(event.provider_event_id) is not None:
                return False
            return events.add(event, at=now) is not None

    def current(self) -> tuple[str, list[StoredStatusEvent]]:
        """Return the worst status, and each component's newest event, in order of the components."""
        with self._database.connect() as connection:
            found = StatusEventRepository(connection).current()
        worst = max((SEVERITIES.index(one.status) for one in found), default=0)
        return SEVERITIES[worst], found

    def page(
        self, *, component: str | None, limit: int, before: tuple[datetime, str] | None
    ) -> tuple[list[StoredStatusEvent], bool]:
        """Return one page of events, the newest first, and whether there are more."""
        with self._database.connect() as connection:
            found = StatusEventRepository(connection).page(component=component, limit=limit + 1, before=before)
        return found[:limit], len(found) > limit
