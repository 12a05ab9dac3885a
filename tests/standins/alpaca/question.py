"""Read a question as the API does, and refuse it in the API's words."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

PARAMETERS = frozenset(
    {"timeframe", "start", "end", "limit", "adjustment", "asof", "feed", "currency", "page_token", "sort"}
)
RECENT = timedelta(minutes=15)

_TIMEFRAME = re.compile(
    r"(?P<minutes>[1-9]|[1-5]\d)(?:Min|T)|(?P<hours>[1-9]|1\d|2[0-3])(?:Hour|H)|(?P<days>1)(?:Day|D)"
    r"|(?P<weeks>1)(?:Week|W)|(?P<months>12|[12346])(?:Month|M)"
)
_ADJUSTMENTS = {"raw", "split", "dividend", "spin-off", "all"}
_FEEDS = {"sip", "iex", "boats", "otc", "delayed_sip", "overnight"}
_SORTS = {"asc", "desc"}
_RECENT_REFUSED = "subscription does not permit querying recent SIP data"


class Refusal(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Question:
    """Which bars are asked for. after: symbol and beginning of the last bar of the page before."""

    symbols: tuple[str, ...]
    unit: str
    count: int
    start: datetime
    end: datetime
    limit: int
    is_descending: bool
    after: tuple[str, datetime] | None


def read(query: Mapping[str, str], *, symbol: str | None, now: datetime) -> Question:
    """Return the question; raises Refusal. symbol: the one in the path, or None for several."""
    unknown = query.keys() - PARAMETERS - (set() if symbol else {"symbols"})
    if unknown:
        raise _bad(f"unexpected parameter(s): {', '.join(sorted(unknown))}")
    symbols = (symbol,) if symbol else tuple(sorted(set(filter(None, query.get("symbols", "").split(",")))))
    if not symbols:
        raise _bad("symbols is required")
    timeframe = query.get("timeframe", "")
    match = _TIMEFRAME.fullmatch(timeframe)
    if match is None:
        raise _bad(f"invalid timeframe: {timeframe}")
    unit, count = next((unit, int(count)) for unit, count in match.groupdict().items() if count)
    _check(query)
    start, end = _bounds(query, now)
    return Question(
        symbols=symbols,
        unit=unit,
        count=count,
        start=start,
        end=end,
        limit=_limit(query.get("limit", "1000")),
        is_descending=query.get("sort") == "desc",
        after=_position(query["page_token"]) if query.get("page_token") else None,
    )


def read_quoted(query: Mapping[str, str], *, now: datetime) -> tuple[tuple[str, ...], datetime]:
    """Return whose latest quotes are asked for, sorted, and as of when; raises Refusal."""
    unknown = query.keys() - {"symbols", "feed", "currency"}
    if unknown:
        raise _bad(f"unexpected parameter(s): {', '.join(sorted(unknown))}")
    symbols = tuple(sorted(set(filter(None, query.get("symbols", "").split(",")))))
    if not symbols:
        raise _bad("symbols is required")
    _check(query)
    feed = query.get("feed", "iex")
    if feed == "sip":
        raise Refusal(403, _RECENT_REFUSED)
    return symbols, now - RECENT if feed == "delayed_sip" else now


def page_token(symbol: str, moment: datetime) -> str:
    """Return the token for what follows a bar; it needs no memory, so that it survives a restart."""
    return base64.b64encode(f"{symbol}|{moment.astimezone(UTC).isoformat()}".encode()).decode()


def _check(query: Mapping[str, str]) -> None:
    for name, known in (("feed", _FEEDS), ("sort", _SORTS)):
        if name in query and query[name] not in known:
            raise _bad(f"invalid {name}: {query[name]}")
    adjustment = query.get("adjustment", "raw")
    if not set(adjustment.split(",")) <= _ADJUSTMENTS:
        raise _bad(f"invalid adjustment: {adjustment}")
    asof = query.get("asof", "-")
    if asof != "-":
        _day(asof)
    currency = query.get("currency", "USD")
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise _bad(f"invalid currency: {currency}")


def _bounds(query: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """Return both bounds, inclusive: by default from today's midnight to 15 minutes ago."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    start = _instant(query["start"]) if "start" in query else midnight
    end = _instant(query["end"], is_end=True) if "end" in query else now - RECENT
    if end < start:
        raise _bad("end should not be before start")
    if query.get("feed", "sip") == "sip" and end > now - RECENT:
        raise Refusal(403, _RECENT_REFUSED)
    return start, end


def _limit(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise _bad(f"invalid limit: {text}")
    return int(text)


def _instant(text: str, *, is_end: bool = False) -> datetime:
    """Read a day or an RFC 3339 instant; an end that is a day includes the whole of it."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        begins = datetime.combine(_day(text), datetime.min.time(), UTC)
        return begins + timedelta(days=1, microseconds=-1) if is_end else begins
    try:
        value = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        raise _bad(f"invalid instant: {text}") from None
    if value.tzinfo is None:
        raise _bad(f"invalid instant: {text}")
    return value.astimezone(UTC)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _bad(f"invalid date: {text}") from None


def _position(token: str) -> tuple[str, datetime]:
    try:
        symbol, moment = base64.b64decode(token, validate=True).decode().split("|")
        return symbol, datetime.fromisoformat(moment).astimezone(UTC)
    except (binascii.Error, ValueError):
        raise _bad("invalid page_token") from None


def _bad(message: str) -> Refusal:
    return Refusal(400, message)
