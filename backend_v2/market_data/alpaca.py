"""Ask Alpaca's market data API for bars, page by page, and for quotes; patient with 429, never longer than it may."""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from backend_v2.config import AlpacaConfig
from backend_v2.errors import BadRequest, UpstreamBusy, UpstreamUnavailable
from backend_v2.http.outgoing import BaseTransport, HttpError, Response, client
from backend_v2.market_data.alpaca_bar import read_bar
from backend_v2.market_data.alpaca_quote import read_quote
from backend_v2.market_data.records import Bar, Quote, Range

PAGE_SIZE = 10_000
TRIES = 4
# Web servers and routers give up after 30 s: the caller is told before that, with what to do.
PATIENCE_S = 20.0

_TOO_MANY = 429


@dataclass(frozen=True)
class Page:
    """Some bars, in order of time. is_last: no bars of the stretch follow."""

    bars: list[Bar]
    is_last: bool


class AlpacaClient:
    """The market data API.

    delay: how far behind the clock the newest bars are that it gives.
    transport, sleep, now: replaced in tests; now is in seconds since the epoch.
    """

    def __init__(
        self,
        config: AlpacaConfig,
        *,
        transport: BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.delay: timedelta = config.delay
        self._feed = config.feed
        self._sleep = sleep
        self._now = now
        headers = {"APCA-API-KEY-ID": config.key_id, "APCA-API-SECRET-KEY": config.secret_key}
        self._client = client(config.base_url, headers=headers, timeout_s=config.timeout_s, transport=transport)

    def deadline(self) -> float:
        """Return until when one request of ours may go on asking, in seconds since the epoch."""
        return self._now() + PATIENCE_S

    def pages(self, symbol: str, timeframe: str, wanted: Range, *, until: float) -> Iterator[Page]:
        """Yield all bars of a stretch, page by page, in order of time.

        Raises BadRequest when the API finds fault with the question, UpstreamBusy when it asks to
        wait beyond `until`, UpstreamUnavailable when it refuses, fails, or makes no sense.
        """
        parameters = {
            "timeframe": timeframe,
            "start": _instant(wanted.start),
            "end": _instant(wanted.end),
            "limit": str(PAGE_SIZE),
            "adjustment": "raw",
            "feed": self._feed,
            "sort": "asc",
        }
        seen: set[str] = set()
        while True:
            body = self._ask(f"/v2/stocks/{symbol}/bars", parameters, until)
            token = str(body.get("next_page_token") or "")
            yield Page([read_bar(symbol, timeframe, raw) for raw in _list(body)], is_last=not token)
            if not token:
                return
            if token in seen:
                raise UpstreamUnavailable("market data gave the same page token twice")
            seen.add(token)
            parameters["page_token"] = token

    def latest_quotes(self, symbols: Sequence[str], *, until: float) -> list[Quote]:
        """Return the newest quotes of these symbols; the API leaves out what it does not know.

        Raises as `pages` does.
        """
        # The consolidated feed has no quote that is held back, and would refuse; its delayed one has.
        feed = "delayed_sip" if self._feed == "sip" and self.delay else self._feed
        parameters = {"symbols": ",".join(symbols), "feed": feed}
        found = self._ask("/v2/stocks/quotes/latest", parameters, until).get("quotes")
        if found is None:
            return []
        if not isinstance(found, dict):
            raise UpstreamUnavailable("market data answered quotes that are no object")
        return [read_quote(symbol, found[symbol]) for symbol in sorted(found.keys() & set(symbols))]

    def _ask(self, path: str, parameters: dict[str, str], until: float) -> dict[str, Any]:
        for attempt in range(1, TRIES + 1):
            if self._now() > until:
                raise UpstreamBusy("market data takes long; what came is kept, ask again", retry_after_s=1)
            try:
                response = self._client.get(path, params=parameters)
            except HttpError as error:
                raise UpstreamUnavailable(f"market data cannot be reached ({type(error).__name__})") from error
            if response.status_code != _TOO_MANY:
                return _body(response)
            wait = self._wait(response, attempt)
            if attempt == TRIES or self._now() + wait > until:
                break
            self._sleep(wait)
        raise UpstreamBusy("market data is too busy (429); what came is kept", retry_after_s=math.ceil(wait))

    def _wait(self, response: Response, attempt: int) -> float:
        """Return how long to wait, in seconds: as the API says, else longer at each try."""
        after = response.headers.get("Retry-After", "")
        reset = response.headers.get("X-RateLimit-Reset", "")
        if after.isdecimal():
            wait = float(after)
        elif reset.isdecimal():
            wait = float(reset) - self._now()
        else:
            wait = 2.0**attempt
        return max(wait, 0.1)


def _body(response: Response) -> dict[str, Any]:
    if response.status_code in {400, 422}:
        raise BadRequest(f"market data refused the question: {_message(response)}")
    if response.status_code != 200:
        raise UpstreamUnavailable(f"market data answered {response.status_code}: {_message(response)}")
    try:
        body = json.loads(response.text, parse_float=Decimal)
    except ValueError as error:
        raise UpstreamUnavailable("market data answered what is no JSON") from error
    if not isinstance(body, dict):
        raise UpstreamUnavailable("market data answered what is no object")
    return body


def _list(body: dict[str, Any]) -> list[Any]:
    """Return the bars of an answer; null means none."""
    bars = body.get("bars")
    if bars is None:
        return []
    if not isinstance(bars, list):
        raise UpstreamUnavailable("market data answered bars that are no list")
    return bars


def _message(response: Response) -> str:
    try:
        return str(response.json().get("message", ""))[:200]
    except (ValueError, AttributeError):
        return ""


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
