"""What the status page tells."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SEVERITIES = ("operational", "maintenance", "degraded", "partial_outage", "major_outage")
"""How a component can be, from the best to the worst."""


@dataclass(frozen=True, kw_only=True)
class StatusEvent:
    """How a component has been since an instant. payload: the event as it was told."""

    provider_event_id: str
    component: str
    status: str
    summary: str
    occurred_at: datetime
    payload: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class StoredStatusEvent:
    """An event, as lists show it. received_at: when it was told."""

    provider_event_id: str
    component: str
    status: str
    summary: str
    occurred_at: datetime
    received_at: datetime
