"""What the billing routes take and give; amounts are integers in the currency's smallest unit."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, Field, StrictBool, StringConstraints, model_validator
from pydantic.json_schema import WithJsonSchema

from backend_v2.billing.records import VENDOR, NotComparable
from backend_v2.http.fields import LARGEST, Closed, Currency, Day, Limit, PageToken, limit

Vendor = Annotated[str, StringConstraints(to_lower=True, pattern=f"^{VENDOR}$")]
Digest = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[0-9A-Fa-f]{64}$")]
Plan = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Status = Literal["trialing", "active", "past_due", "cancelled"]

_LONG_MONTH = r"(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])"
_SHORT_MONTH = r"(0[469]|11)-(0[1-9]|[12][0-9]|30)"
_DAY_OF_YEAR = rf"20[0-9]{{2}}-({_LONG_MONTH}|{_SHORT_MONTH}|02-(0[1-9]|1[0-9]|2[0-8]))"
_LEAP_DAY = r"20([02468][048]|[13579][26])-02-29"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
INSTANT = rf"^({_DAY_OF_YEAR}|{_LEAP_DAY})T{_TIME}$"
"""RFC 3339 from 2000 to 2099, whole microseconds, so that every text of this form is an instant that can be kept."""


def _instant(value: Any) -> datetime:
    if not isinstance(value, str) or not re.fullmatch(INSTANT, value):
        raise ValueError("it is no instant such as 2024-01-31T12:00:00Z")
    return datetime.fromisoformat(value).astimezone(UTC)


Instant = Annotated[
    datetime, BeforeValidator(_instant), WithJsonSchema({"type": "string", "pattern": INSTANT, "maxLength": 32})
]


def created(answer: type[BaseModel]) -> dict[int | str, Any]:
    """Return the description of 201 beside 200, with the same body, of a PUT that may create."""
    schema = {"$ref": f"#/components/schemas/{answer.__name__}"}
    return {201: {"description": "Created", "content": {"application/json": {"schema": schema}}}}


class SnapshotsIn(Closed):
    """Which snapshots: of one vendor or of all, a page of at most limit."""

    vendor: Vendor | None = None
    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class SnapshotIn(Closed):
    """What a vendor charged for a period; both days are part of it."""

    vendor: Vendor
    period_start: Day
    period_end: Day
    amount_minor: int = Field(strict=True, ge=-LARGEST, le=LARGEST)
    currency: Currency
    source: Literal["api", "manual", "derived"] = "manual"
    raw_sha256: Digest | None = None

    @model_validator(mode="after")
    def _period_is_in_order(self) -> Self:
        if self.period_end < self.period_start:
            raise ValueError("period_end is before period_start")
        return self


class SnapshotOut(BaseModel):
    """A stored snapshot."""

    id: int
    vendor: str
    period_start: date
    period_end: date
    amount_minor: int
    currency: str
    source: str
    raw_sha256: str | None
    fetched_at: datetime


class SnapshotsOut(BaseModel):
    """A page of snapshots, the newest period first, and the token for the next one, if there is one."""

    snapshots: list[SnapshotOut]
    next_page_token: str | None


class ChangeOut(BaseModel):
    """A snapshot against the one before it of the same vendor, whose fields are null when it is the first.

    percent: of the size of the amount before, as decimal text with 2 places, rounded half to even.
    not_comparable: why it is null.
    """

    id: int
    vendor: str
    period_start: date
    period_end: date
    amount_minor: int
    currency: str
    previous_period_start: date | None
    previous_amount_minor: int | None
    previous_currency: str | None
    difference_minor: int | None
    percent: Annotated[str, StringConstraints(pattern=r"^-?[0-9]+\.[0-9]{2}$")] | None
    not_comparable: NotComparable | None


class ChangesOut(BaseModel):
    """A page of changes, the newest period first, and the token for the next one, if there is one."""

    changes: list[ChangeOut]
    next_page_token: str | None


class AlertConfigIn(Closed):
    """Above which amount a vendor's bill raises an alarm, in which currency, and whether it does."""

    threshold_minor: int = Field(strict=True, ge=1, le=LARGEST)
    currency: Currency
    enabled: StrictBool


class AlertConfigOut(BaseModel):
    """A vendor's configuration as it is stored."""

    id: int
    vendor: str
    threshold_minor: int
    currency: str
    enabled: bool
    updated_at: datetime


class AlertConfigsOut(BaseModel):
    """Every vendor's configuration, by vendor."""

    configs: list[AlertConfigOut]


class AlertEventsIn(Closed):
    """Which alarms: about one vendor or all, a page of at most limit."""

    vendor: Vendor | None = None
    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class AlertEventOut(BaseModel):
    """An alarm. amount_minor, threshold_minor: as both were when it was raised."""

    id: int
    config_id: int
    snapshot_id: int
    vendor: str
    period_start: date
    period_end: date
    amount_minor: int
    threshold_minor: int
    currency: str
    raised_at: datetime


class AlertEventsOut(BaseModel):
    """A page of alarms, the newest first, and the token for the next one, if there is one."""

    events: list[AlertEventOut]
    next_page_token: str | None


class SubscriptionIn(Closed):
    """What a user subscribes to. current_period_end: not part of the period."""

    plan: Plan
    status: Status
    current_period_start: Instant
    current_period_end: Instant

    @model_validator(mode="after")
    def _period_is_in_order(self) -> Self:
        if self.current_period_end <= self.current_period_start:
            raise ValueError("current_period_end is not after current_period_start")
        return self


class SubscriptionOut(BaseModel):
    """A subscription. active_until: when access ends; null while the subscription is not cancelled."""

    plan: str
    status: Status
    current_period_start: datetime
    current_period_end: datetime
    cancelled_at: datetime | None
    active_until: datetime | None
    updated_at: datetime
