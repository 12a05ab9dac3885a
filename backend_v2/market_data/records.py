"""What market data is made of."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from backend_v2.errors import BadRequest

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, 23, 59, 59, 999999, tzinfo=UTC)
"""Between these two every time zone can show an instant. Postgres answers in the session's zone, and psycopg2 cannot
read a year before 1 or after 9999."""

_GRAMMAR = re.compile(
    r"(?P<minutes>[1-9]|[1-5]\d)(?:Min|T)|(?P<hours>[1-9]|1\d|2[0-3])(?:Hour|H)|(?P<days>1)(?:Day|D)"
    r"|(?P<weeks>1)(?:Week|W)|(?P<months>12|[12346])(?:Month|M)"
)
_UNITS = {"minutes": "Min", "hours": "Hour", "days": "Day", "weeks": "Week", "months": "Month"}


@dataclass(frozen=True)
class Timeframe:
    """The length of a bar. name: as the market data API writes it, such as `5Min` or `1Day`."""

    name: str
    length: timedelta

    @classmethod
    def parse(cls, text: str) -> "Timeframe":
        """Read a timeframe, long or short; raises BadRequest. A month counts as 31 days."""
        match = _GRAMMAR.fullmatch(text)
        if match is None:
            raise BadRequest(f"timeframe {text!r} is none of 1-59Min, 1-23Hour, 1Day, 1Week, 1|2|3|4|6|12Month")
        unit, count = next((unit, int(count)) for unit, count in match.groupdict().items() if count)
        length = timedelta(days=31 * count) if unit == "months" else timedelta(**{unit: count})
        return cls(f"{count}{_UNITS[unit]}", length)


@dataclass(frozen=True)
class Bar:
    """What was traded in one period. starts_at: its beginning. Prices have 6 decimal places."""

    symbol: str
    timeframe: str
    starts_at: datetime
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: int
    trade_count: int | None
    vwap: Decimal | None


@dataclass(frozen=True)
class Quote:
    """The best bid and ask of a symbol at an instant. Sizes in shares; a price of 0 means that nobody offers."""

    symbol: str
    bid: Decimal
    ask: Decimal
    bid_size: int
    ask_size: int
    quoted_at: datetime


@dataclass(frozen=True, order=True)
class Range:
    """A stretch of time, with both its ends."""

    start: datetime
    end: datetime


def missing(wanted: Range, known: list[Range]) -> list[Range]:
    """Return the stretches of `wanted` that no range of `known` covers, in order.

    known: in any order, overlapping or not.
    """
    gaps: list[Range] = []
    reached, is_covered = wanted.start, False
    for one in sorted(known):
        if one.end < reached or one.start > wanted.end:
            continue
        if one.start > reached:
            gaps.append(Range(reached, one.start))
        reached, is_covered = max(reached, one.end), True
    if reached < wanted.end or not is_covered:
        gaps.append(Range(reached, wanted.end))
    return gaps
