"""A stand-in for Alpaca's bars API, as a WSGI application: in process or, by `python -m`, on a port.

It keeps the API's contract: the timeframe grammar, unknown parameters refused, inclusive bounds,
symbol-then-time order, a limit across symbols, opaque page tokens that survive a restart, rate
headers on every answer, 403 without keys, and the rule for recent SIP data. Bars are made up from
symbol and time alone, on weekdays that are no holiday; daily bars begin at midnight in New York.
"""

import argparse
import base64
import binascii
import gzip
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from wsgiref.simple_server import make_server
from zoneinfo import ZoneInfo

NEW_YORK = ZoneInfo("America/New_York")
HOLIDAYS = {date(2024, 1, 1), date(2024, 1, 15), date(2024, 2, 19), date(2024, 3, 29), date(2024, 7, 4)}
UNKNOWN_SYMBOL = "ZZZZ"

_PATH = re.compile(r"/v2/stocks/(?:(?P<symbol>[A-Z.]+)/)?bars")
_TIMEFRAME = re.compile(
    r"(?P<minutes>[1-9]|[1-5]\d)(?:Min|T)|(?P<hours>[1-9]|1\d|2[0-3])(?:Hour|H)|(?P<days>1)(?:Day|D)"
    r"|(?P<weeks>1)(?:Week|W)|(?P<months>12|[12346])(?:Month|M)"
)
_PARAMETERS = {
    "timeframe", "start", "end", "limit", "adjustment", "asof", "feed", "currency", "page_token", "sort",
}  # fmt: skip
_FEEDS = {"sip", "iex", "boats", "otc", "delayed_sip", "overnight"}

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Refusal(Exception):
    """An answer other than 200."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class AlpacaStandIn:
    """The application. script: statuses to answer before it serves again. calls: what was asked."""

    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    rate_limit: int = 200
    script: list[str] = field(default_factory=list)
    calls: list[dict[str, str]] = field(default_factory=list)
    reset_after_s: int = 1

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            status, body = "200 OK", self._serve(environ)
        except Refusal as refusal:
            status, body = refusal.status, {"message": str(refusal)}
        content = json.dumps(body).encode()
        headers = [("Content-Type", "application/json"), *self._rate_headers()]
        if len(content) > 256 and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            content = gzip.compress(content)
            headers.append(("Content-Encoding", "gzip"))
        start_response(status, [*headers, ("Content-Length", str(len(content)))])
        return [content]

    def _serve(self, environ: dict[str, Any]) -> dict[str, Any]:
        query = {
            name: values[-1] for name, values in parse_qs(environ["QUERY_STRING"], keep_blank_values=True).items()
        }
        self.calls.append(query)
        if not environ.get("HTTP_APCA_API_KEY_ID") or not environ.get("HTTP_APCA_API_SECRET_KEY"):
            raise Refusal("403 Forbidden", "forbidden.")
        if self.script:
            raise Refusal(self.script.pop(0), "too many requests.")
        match = _PATH.fullmatch(environ["PATH_INFO"])
        if match is None:
            raise Refusal("404 Not Found", "endpoint not found.")
        return self._bars(match["symbol"], query)

    def _bars(self, single: str | None, query: dict[str, str]) -> dict[str, Any]:
        unknown = set(query) - _PARAMETERS - (set() if single else {"symbols"})
        if unknown:
            raise _bad(f"unexpected parameter(s): {', '.join(sorted(unknown))}")
        step = _step(query.get("timeframe", ""))
        limit = _limit(query.get("limit", "1000"))
        start, end = self._bounds(query)
        symbols = [single] if single else sorted(filter(None, query.get("symbols", "").split(",")))
        if not symbols:
            raise _bad("symbols is required")
        rows = [(symbol, bar) for symbol in symbols for bar in _made_up(symbol, step, start, end)]
        if query.get("sort", "asc") == "desc":
            rows.reverse()
        first = _position(rows, query["page_token"]) if query.get("page_token") else 0
        page, more = rows[first : first + limit], first + limit < len(rows)
        token = _token(*page[-1]) if more else None
        if single:
            return {"bars": [bar for _, bar in page] or None, "symbol": single, "next_page_token": token}
        grouped: dict[str, list[Any]] = {}
        for symbol, bar in page:
            grouped.setdefault(symbol, []).append(bar)
        return {"bars": grouped, "next_page_token": token}

    def _bounds(self, query: dict[str, str]) -> tuple[datetime, datetime]:
        now = self.now()
        start = (
            _instant(query["start"]) if "start" in query else now.replace(hour=0, minute=0, second=0, microsecond=0)
        )
        end = _instant(query["end"], end=True) if "end" in query else now - timedelta(minutes=15)
        if end < start:
            raise _bad("end should not be before start")
        feed = query.get("feed", "sip")
        if feed not in _FEEDS:
            raise _bad(f"invalid feed: {feed}")
        if feed == "sip" and end > now - timedelta(minutes=15):
            raise Refusal("403 Forbidden", "subscription does not permit querying recent SIP data")
        return start, end

    def _rate_headers(self) -> list[tuple[str, str]]:
        return [
            ("X-RateLimit-Limit", str(self.rate_limit)),
            ("X-RateLimit-Remaining", str(max(0, self.rate_limit - len(self.calls)))),
            ("X-RateLimit-Reset", str(int(time.time()) + self.reset_after_s)),
            ("X-Request-ID", f"stand-in-{len(self.calls)}"),
        ]


def _bad(message: str) -> Refusal:
    return Refusal("400 Bad Request", message)


def _step(text: str) -> timedelta:
    match = _TIMEFRAME.fullmatch(text)
    if match is None:
        raise _bad(f"invalid timeframe: {text}")
    unit, count = next((unit, int(count)) for unit, count in match.groupdict().items() if count)
    return timedelta(days=30 * count) if unit == "months" else timedelta(**{unit: count})


def _limit(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 10_000:
        raise _bad(f"invalid limit: {text}")
    return int(text)


def _instant(text: str, *, end: bool = False) -> datetime:
    """Read a day or an RFC 3339 instant; an end that is a day includes the whole of it."""
    try:
        value = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        raise _bad(f"invalid instant: {text}") from None
    if len(text) == len("2024-01-01"):
        value = value.replace(tzinfo=UTC)
        return value + timedelta(days=1, microseconds=-1) if end else value
    if value.tzinfo is None:
        raise _bad(f"invalid instant: {text}")
    return value.astimezone(UTC)


def _made_up(symbol: str, step: timedelta, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    if symbol == UNKNOWN_SYMBOL:
        return
    for moment in _moments(step, start, end):
        seed = int.from_bytes(hashlib.sha256(f"{symbol} {moment}".encode()).digest()[:4], "big")
        low = 100 + seed % 5000 / 100
        yield {
            "t": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "o": round(low + 0.25, 4),
            "h": round(low + 1.5, 4),
            "l": round(low, 4),
            "c": round(low + seed % 100 / 100, 4),
            "v": 1000 + seed % 100_000,
            "n": 10 + seed % 500,
            "vw": low + seed % 97 / 97,
        }


def _moments(step: timedelta, start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the beginnings of bars within the bounds: days by New York's calendar, shorter ones by its session."""
    day = start.astimezone(NEW_YORK).date()
    last = end.astimezone(NEW_YORK).date()
    stride = max(1, step.days)
    while day <= last:
        if day.weekday() < 5 and day not in HOLIDAYS:
            midnight = datetime(day.year, day.month, day.day, tzinfo=NEW_YORK)
            if step >= timedelta(days=1):
                moments = [midnight]
            else:
                opening, closing = midnight.replace(hour=9, minute=30), midnight.replace(hour=16)
                moments = [opening + step * n for n in range(int((closing - opening) / step))]
            yield from (moment for moment in moments if start <= moment <= end)
        day += timedelta(days=stride)


def _token(symbol: str, bar: dict[str, Any]) -> str:
    return base64.b64encode(f"{symbol}|{bar['t']}".encode()).decode()


def _position(rows: list[tuple[str, dict[str, Any]]], token: str) -> int:
    try:
        symbol, moment = base64.b64decode(token, validate=True).decode().split("|")
        return next(n for n, (one, bar) in enumerate(rows) if one == symbol and bar["t"] == moment) + 1
    except (binascii.Error, ValueError, StopIteration):
        raise _bad("invalid page_token") from None


def main() -> None:
    """Serve on a port of the loopback interface until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8100)
    with make_server("127.0.0.1", parser.parse_args().port, AlpacaStandIn()) as server:
        print(f"stand-in for the bars API on http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201
        server.serve_forever()


if __name__ == "__main__":
    main()
