"""What the billing routes take and give; amounts are integers in the currency's smallest unit."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

Vendor = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Currency = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{3}$")]
Digest = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[0-9A-Fa-f]{64}$")]

_LARGEST = 2**63 - 1


def _only_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("it is no day such as 2024-01-31")  # noqa: TRY004 - pydantic takes ValueError alone
    return value


# A number would be taken for seconds since 1970, which nobody means by a day.
Day = Annotated[date, BeforeValidator(_only_text)]


class SnapshotsIn(BaseModel):
    """Which snapshots: of one vendor or of all, a page of at most limit."""

    model_config = ConfigDict(extra="forbid")

    vendor: Vendor | None = None
    limit: int = Field(default=50, ge=1, le=500)
    page_token: str | None = Field(default=None, max_length=200)


class SnapshotIn(BaseModel):
    """What a vendor charged for a period; both days are part of it."""

    model_config = ConfigDict(extra="forbid")

    vendor: Vendor
    period_start: Day
    period_end: Day
    amount_minor: int = Field(strict=True, ge=-_LARGEST, le=_LARGEST)
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
