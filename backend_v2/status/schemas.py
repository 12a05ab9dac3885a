"""What the status page tells, and what everybody may read of it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints

from backend_v2.http.fields import Closed, Limit, Name, PageToken, limit
from backend_v2.http.webhooks import Instant
from backend_v2.status.records import StatusEvent

EventId = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,100}$")]
"""An id that the status page gave."""

Summary = Annotated[str, StringConstraints(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""One line of text; it may be empty."""

State = Literal["operational", "maintenance", "degraded", "partial_outage", "major_outage"]
"""How a component is, from the best to the worst."""


class StatusEventIn(Closed):
    """How a component has been since an instant."""

    id: EventId
    component: Name
    status: State
    summary: Summary
    occurred_at: Instant

    def event(self) -> StatusEvent:
        """Return it as a record."""
        return StatusEvent(
            provider_event_id=self.id,
            component=self.component,
            status=self.status,
            summary=self.summary,
            occurred_at=self.occurred_at,
            payload=self.model_dump(mode="json"),
        )


class EventsIn(Closed):
    """Which events: of one component or of all, a page of at most limit."""

    component: Name | None = None
    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class StatusReceivedOut(BaseModel):
    """What became of the event. result: `replayed` for one that was told before; it changes nothing."""

    result: Literal["stored", "replayed"]


class ComponentOut(BaseModel):
    """How a component is. since: when the event occurred that says so."""

    component: str
    status: State
    summary: str
    since: datetime


class StatusOut(BaseModel):
    """How everything is. status: the worst of the components; operational while there are none."""

    status: State
    components: list[ComponentOut]


class StatusEventOut(BaseModel):
    """An event. received_at: when it was told."""

    id: str
    component: str
    status: State
    summary: str
    occurred_at: datetime
    received_at: datetime


class StatusEventsOut(BaseModel):
    """A page of events, the newest first, and the token for the next one, if there is one."""

    events: list[StatusEventOut]
    next_page_token: str | None
