"""Read one bar as Alpaca writes it, and refuse one that cannot have been traded.

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
            starts_at=_instant(raw["t"]),
            open=_price(raw["o"]),
            high=_price(raw["h"]),
            low=_price(raw["l"]),
            close=_price(raw["c"]),
            volume=_count(raw["v"]),
            trade_count=None if raw.get("n") is None else _count(raw["n"]),
            vwap=None if raw.get("vw") is None else _price(raw["vw"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UpstreamUnavailable(
            f"market data answered a bar that cannot be read ({type(error).__name__})"
        ) from error
    if not 0 < bar.low <= min(bar.open, bar.close) <= max(bar.open, bar.close) <= bar.high:
        raise UpstreamUnavailable("market data answered a bar whose prices contradict each other")
    return bar


def _instant(value: str) -> datetime:
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    if not EARLIEST <= instant <= LATEST:
        raise ValueError("an instant at the end of the calendar")
    return instant.astimezone(UTC)


def _price(value: Any) -> Decimal:
    """Return a price to the sixth place; the API computes some of them with more."""
    price = Decimal(value).quantize(_MICRO, ROUND_HALF_EVEN)
    if not 0 <= price < _PRICE_LIMIT:
        raise ValueError("a price out of bounds")
    return price


def _count(value: Any) -> int:
    count = int(value)
    if count != value or not 0 <= count < _COUNT_LIMIT:
        raise ValueError("a count out of bounds")
    return count
