"""What billing is made of."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Snapshot:
    """What one vendor charged for one period, in the currency's smallest unit.

    source: `api`, `manual` or `derived`. raw_sha256: hexadecimal, of the vendor's own document.
    id: given by the database, None before.
    """

    vendor: str
    period_start: date
    period_end: date
    amount_minor: int
    currency: str
    source: str
    raw_sha256: str | None
    fetched_at: datetime
    id: int | None = None
