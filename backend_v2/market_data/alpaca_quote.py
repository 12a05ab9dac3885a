"""Read one quote as Alpaca writes it, and refuse one that the table would refuse."""

from typing import Any

from backend_v2.errors import UpstreamUnavailable
from backend_v2.market_data.alpaca_bar import read_count, read_instant, read_price
from backend_v2.market_data.records import Quote


def read_quote(symbol: str, raw: Any) -> Quote:
    """Return the quote; raises UpstreamUnavailable. raw: decoded with decimals in place of floats."""
    try:
        return Quote(
            symbol=symbol,
            bid=read_price(raw["bp"]),
            ask=read_price(raw["ap"]),
            bid_size=read_count(raw["bs"]),
            ask_size=read_count(raw["as"]),
            quoted_at=read_instant(raw["t"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UpstreamUnavailable(
            f"market data answered a quote that cannot be read ({type(error).__name__})"
        ) from error
