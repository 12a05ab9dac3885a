"""What market data is made of."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from string import ascii_letters
from uuid import UUID

from backend_v2.errors import BadRequest

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, 23, 59, 59, 999999, tzinfo=UTC)
"""Between these two every time zone can show an instant. Postgres answers in the session's zone, and psycopg2 cannot
read a year before 1 or after 9999."""

TIMEFRAME = r"^(([1-9]|[1-5][0-9])(Min|T)|([1-9]|1[0-9]|2[0-3])(Hour|H)|1(Day|D)|1(Week|W)|(12|[12346])(Month|M))$"
"""How a timeframe is written, long or short."""

_UNITS = {"Min": "minutes", "T": "minutes", "Hour": "hours", "H": "hours", "Day": "days", "D": "days",
          "Week": "weeks", "W": "weeks", "Month": "months", "M": "months"}  # fmt: skip
_NAMES = {"minutes": "Min", "hours": "Hour", "days": "Day", "weeks": "Week", "months": "Month"}


@dataclass(frozen=True)
class Timeframe:
    """The length of a bar. name: as the market data API writes it, such as `5Min` or `1Day`."""

    name: str
    length: timedelta

    @classmethod
    def parse(cls, text: str) -> "Timeframe":
        """Read a timeframe, long or short; raises BadRequest. A month counts as 31 days."""
        if re.fullmatch(TIMEFRAME, text) is None:
            raise BadRequest(f"timeframe {text!r} is none of 1-59Min, 1-23Hour, 1Day, 1Week, 1|2|3|4|6|12Month")
        digits = text.rstrip(ascii_letters)
        count, unit = int(digits), _UNITS[text.removeprefix(digits)]
        length = timedelta(days=31 * count) if unit == "months" else timedelta(**{unit: count})
        return cls(f"{count}{_NAMES[unit]}", length)


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


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A symbol, and what it stands for."""

    symbol: str
    name: str
    exchange: str
    asset_class: str
    tradable: bool


@dataclass(frozen=True, kw_only=True)
class StoredListing(Listing):
    """A symbol as it is stored. updated_at: when it was last written."""

    updated_at: datetime


@dataclass(frozen=True)
class Imported:
    """How many symbols an import made, and how many it wrote anew."""

    created: int
    updated: int


@dataclass(frozen=True)
class OpenClose:
    """What a backtest needs of a bar: it decides at the close, and trades at the open."""

    starts_at: datetime
    open: Decimal
    close: Decimal


@dataclass(frozen=True)
class Trade:
    """What a backtest bought or sold. quantity: whole shares. traded_at: the beginning of the bar in which it was."""

    side: str
    quantity: Decimal
    price: Decimal
    traded_at: datetime


@dataclass(frozen=True)
class StoredTrade(Trade):
    """A trade as it is stored. id: rises from trade to trade."""

    id: int


@dataclass(frozen=True, kw_only=True)
class Backtest:
    """A run of a moving-average crossover over the bars of a symbol.

    fast, slow: over how many closes the averages are. bars: how many there were.
    max_drawdown: the deepest fall of the account's worth from a peak, at the close of bars.
    """

    id: UUID
    user_id: UUID
    symbol: str
    timeframe: str
    status: str
    fast: int
    slow: int
    bars: int
    range_start: datetime
    range_end: datetime
    starting_cash: Decimal
    ending_cash: Decimal | None
    max_drawdown: Decimal | None
    created_at: datetime
    finished_at: datetime | None

    @property
    def profit(self) -> Decimal | None:
        """What the account has more at the end than at the beginning; None while there is no end."""
        return None if self.ending_cash is None else self.ending_cash - self.starting_cash


@dataclass(frozen=True, kw_only=True)
class BacktestInFull(Backtest):
    """A run, and how many trades it made."""

    trades: int


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
