"""What marketing is made of."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody whom marketing mail may go to, unless they opted out.

    email: None for one who opted out and of whom nothing but a digest of the address is kept.
    source: where the address came from. opted_out_at: since when; None for one who did not.
    """

    id: int
    email: str | None
    source: str
    opted_out: bool
    created_at: datetime
    opted_out_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Preference:
    """Whether a user gets marketing mail. receives_mail: False for one who was never signed up, too."""

    email: str
    opted_out: bool
    opted_out_at: datetime | None
    receives_mail: bool
