"""What billing is made of."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from uuid import UUID

VENDOR = r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}"
"""How a vendor may be called; kept in small letters."""

NotComparable = Literal["no_previous", "other_currency", "previous_is_zero"]
"""Why there is no percentage."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What one vendor charged for one period, both days included, in the currency's smallest unit.

    source: `api`, `manual` or `derived`. raw_sha256: hexadecimal, of the vendor's own document.
    """

    vendor: str
    period_start: date
    period_end: date
    amount_minor: int
    currency: str
    source: str
    raw_sha256: str | None


@dataclass(frozen=True, kw_only=True)
class Snapshot(Charge):
    """A charge as it is stored. id: given by the database. fetched_at: when it was recorded."""

    id: int
    fetched_at: datetime


@dataclass(frozen=True, kw_only=True)
class Change:
    """A snapshot, and of the one before it of the same vendor what it is compared with; None when it is the first.

    The difference and the percentage are computed here, since SQL would do it differently on each dialect: of two
    amounts of 64 bits the difference has 65.
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

    @property
    def not_comparable(self) -> NotComparable | None:
        """Why there is no percentage; None when there is one."""
        if self.previous_amount_minor is None:
            return "no_previous"
        if self.previous_currency != self.currency:
            return "other_currency"
        return "previous_is_zero" if self.previous_amount_minor == 0 else None

    @property
    def difference_minor(self) -> int | None:
        """How much more was charged than before; None without a snapshot before, or in another currency."""
        if self.previous_amount_minor is None or self.previous_currency != self.currency:
            return None
        return self.amount_minor - self.previous_amount_minor

    @property
    def percent(self) -> Decimal | None:
        """The difference in percent of the size of the amount before, 2 places, half to even.

        Of the size, so that more is always above 0, after a credit too.
        """
        if self.previous_amount_minor is None or self.difference_minor is None or self.previous_amount_minor == 0:
            return None
        hundredths = round(Fraction(self.difference_minor * 10_000, abs(self.previous_amount_minor)))
        return Decimal(hundredths).scaleb(-2)


@dataclass(frozen=True, kw_only=True)
class AlertConfig:
    """From which amount on a vendor's bill raises an alarm: above `threshold_minor`, in the same currency."""

    id: int
    vendor: str
    threshold_minor: int
    currency: str
    enabled: bool
    updated_at: datetime

    def is_breached_by(self, snapshot: Snapshot) -> bool:
        """Return whether a snapshot of the vendor raises an alarm."""
        comparable = self.enabled and snapshot.currency == self.currency
        return comparable and snapshot.amount_minor > self.threshold_minor


@dataclass(frozen=True, kw_only=True)
class AlertEvent:
    """An alarm: which amount was above which threshold, as both were when it was raised."""

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


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a customer subscribes to. status: `trialing`, `active`, `past_due` or `cancelled`.

    current_period_end: when the period that was paid for is over; not part of it.
    """

    plan: str
    status: str
    current_period_start: datetime
    current_period_end: datetime


@dataclass(frozen=True, kw_only=True)
class Subscription(Terms):
    """A subscription as it is stored; a user has at most one."""

    id: UUID
    user_id: UUID
    cancelled_at: datetime | None
    updated_at: datetime

    @property
    def active_until(self) -> datetime | None:
        """When access ends, which is when the period does; None while the subscription is not cancelled."""
        return self.current_period_end if self.status == "cancelled" else None
