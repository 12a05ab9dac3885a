"""Bars and quotes made up from symbol and time alone: the same at every start, in either order."""

import hashlib
import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.standins.alpaca.exchange import CLOSES, NEW_YORK, OPENS, is_trading_day, midnight

UNKNOWN_SYMBOL = "ZZZZ"


def beginnings(unit: str, count: int, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield when the bars within the bounds begin, in order.

    Minutes and hours are counted from midnight in New York and traded in the session; days, weeks
    (from Monday) and months begin at midnight there, so that they move with summer time.
    """
    day, last = start.astimezone(NEW_YORK).date(), end.astimezone(NEW_YORK).date()
    while day <= last:
        for moment in _of_day(unit, count, day):
            if start <= moment <= end:
                yield moment
        day += timedelta(days=1)


def made_up(symbol: str, moment: datetime) -> dict[str, Any]:
    """Return the bar of a symbol that begins at a moment, as the API writes it."""
    seed = int.from_bytes(hashlib.sha256(f"{symbol} {moment.astimezone(UTC)}".encode()).digest()[:4], "big")
    low = 100 + seed % 5000 / 100
    return {
        "t": moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "o": round(low + 0.25, 4),
        "h": round(low + 1.5, 4),
        "l": round(low, 4),
        "c": round(low + seed % 100 / 100, 4),
        "v": 1000 + seed % 100_000,
        "n": 10 + seed % 500,
        "vw": low + seed % 97 / 97,
    }


def made_up_quote(symbol: str, moment: datetime, prices: tuple[float, float] | None = None) -> dict[str, Any]:
    """Return the quote of a symbol at a moment, as the API writes it. prices: bid and ask, if they are given."""
    bar = made_up(symbol, moment.replace(minute=0, second=0, microsecond=0))
    bid, ask = prices or (bar["c"], round(bar["c"] + 0.02, 4))
    return {
        "t": moment.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "ax": "V",
        "ap": ask,
        "as": 1 + bar["n"],
        "bx": "V",
        "bp": bid,
        "bs": 2 + bar["n"],
        "c": ["R"],
        "z": "C",
    }


def _of_day(unit: str, count: int, day: date) -> Iterator[datetime]:
    if unit in {"minutes", "hours"}:
        if is_trading_day(day):
            yield from _of_session(count * (60 if unit == "hours" else 1), day)
    elif (
        (unit == "days" and is_trading_day(day))
        or (unit == "weeks" and day.weekday() == 0)
        or (unit == "months" and day.day == 1 and (day.month - 1) % count == 0)
    ):
        yield midnight(day)


def _of_session(step_minutes: int, day: date) -> Iterator[datetime]:
    opens, closes = (at.hour * 60 + at.minute for at in (OPENS, CLOSES))
    for number in range(opens // step_minutes, math.ceil(closes / step_minutes)):
        hour, minute = divmod(number * step_minutes, 60)
        yield midnight(day).replace(hour=hour, minute=minute)
