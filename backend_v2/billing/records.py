"""What billing is made of."""

from dataclasses import dataclass
from datetime import date, datetime


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
