"""Read one bar as Alpaca writes it, and the values that it is made of; refuse one that cannot have been traded.

What is let through here is what the table's checks let through, so that nonsense from outside ends
as the other side's failure, by name, and not as an error of the database.
"""

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from backend_v2.errors import UpstreamUnavailable
from backend_v2.market_data.records import EARLIEST, LATEST, Bar

_MICRO = Decimal("0.000001")
_PRICE_LIMIT = Decimal(10) ** 12
_COUNT_LIMIT = 2**63


def read_bar(symbol: str, timeframe: str, raw: Any) -> Bar:
    """Return the bar; raises UpstreamUnavailable. raw: decoded with decimals in place of floats."""
    try:
        bar = Bar(
            symbol=symbol,
            timeframe=timeframe,
            starts_at=read_instant(raw["t"]),
            open=read_price(raw["o"]),
            high=read_price(raw["h"]),
            low=read_price(raw["l"]),
            close=read_price(raw["c"]),
            volume=read_count(raw["v"]),
            trade_count=None if raw.get("n") is None else read_count(raw["n"]),
            vwap=None if raw.get("vw") is None else read_price(raw["vw"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UpstreamUnavailable(
            f"market data answered a bar that cannot be read ({type(error).__name__})"
        ) from error
    if not 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high:
        raise UpstreamUnavailable("market data answered a bar whose prices contradict each other")
    return bar


def read_instant(value: str) -> datetime:
    """Return an instant in UTC, to the microsecond; raises ValueError."""
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    if not EARLIEST <= instant <= LATEST:
        raise ValueError("an instant at the end of the calendar")
    return instant.astimezone(UTC)


def read_price(value: Any) -> Decimal:
    """Return a price to the sixth place; the API computes some of them with more."""
    price = Decimal(value).quantize(_MICRO, ROUND_HALF_EVEN)
    if not 0 <= price < _PRICE_LIMIT:
        raise ValueError("a price out of bounds")
    return price


def read_count(value: Any) -> int:
    """Return a whole number that fits into 64 bits; raises ValueError."""
    count = int(value)
    if count != value or not 0 <= count < _COUNT_LIMIT:
        raise ValueError("a count out of bounds")
    return count
