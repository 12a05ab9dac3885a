"""Ask Alpaca's market data API for bars: all pages, patient with 429, never longer than it says."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from backend_v2.config import AlpacaConfig
from backend_v2.errors import BadRequest, UpstreamUnavailable
from backend_v2.http.outgoing import BaseTransport, HttpError, Response, client
from backend_v2.market_data.records import Bar, Range

PAGE_SIZE = 10_000
TRIES = 4
LONGEST_WAIT_S = 20.0

_MICRO = Decimal("0.000001")
_TOO_MANY = 429


class AlpacaClient:
    """The market data API. transport, sleep, now: replaced in tests."""

    def __init__(
        self,
        config: AlpacaConfig,
        *,
        transport: BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._feed = config.feed
        self._sleep = sleep
        self._now = now
        headers = {"APCA-API-KEY-ID": config.key_id, "APCA-API-SECRET-KEY": config.secret_key}
        self._client = client(config.base_url, headers=headers, timeout_s=config.timeout_s, transport=transport)

    def bars(self, symbol: str, timeframe: str, wanted: Range) -> list[Bar]:
        """Return all bars of a stretch, in order of time.

        Raises BadRequest when the API finds fault with the question, UpstreamUnavailable when it
        refuses, fails, or stays too busy.
        """
        return [_bar(symbol, timeframe, raw) for page in self._pages(symbol, timeframe, wanted) for raw in page]

    def _pages(self, symbol: str, timeframe: str, wanted: Range) -> Iterator[list[dict[str, Any]]]:
        parameters = {
            "timeframe": timeframe,
            "start": _instant(wanted.start),
            "end": _instant(wanted.end),
            "limit": str(PAGE_SIZE),
            "adjustment": "raw",
            "feed": self._feed,
            "sort": "asc",
        }
        while True:
            body = self._ask(f"/v2/stocks/{symbol}/bars", parameters)
            yield body.get("bars") or []
            token = body.get("next_page_token")
            if not token:
                return
            parameters = {**parameters, "page_token": str(token)}

    def _ask(self, path: str, parameters: dict[str, str]) -> dict[str, Any]:
        for attempt in range(1, TRIES + 1):
            try:
                response = self._client.get(path, params=parameters)
            except HttpError as error:
                raise UpstreamUnavailable(f"market data cannot be reached ({type(error).__name__})") from error
            if response.status_code != _TOO_MANY:
                return _body(response)
            if attempt < TRIES:
                self._sleep(self._wait(response, attempt))
        raise UpstreamUnavailable(f"market data is too busy: {TRIES} tries were answered with 429")

    def _wait(self, response: Response, attempt: int) -> float:
        """Return how long to wait: as the API says, else longer at each try, and never too long."""
        reset = response.headers.get("X-RateLimit-Reset", "")
        wait = float(reset) - self._now() if reset.isdigit() else 2.0**attempt
        return min(max(wait, 0.1), LONGEST_WAIT_S)


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


def _message(response: Response) -> str:
    try:
        return str(response.json().get("message", ""))[:200]
    except (ValueError, AttributeError):
        return ""


def _bar(symbol: str, timeframe: str, raw: dict[str, Any]) -> Bar:
    try:
        return Bar(
            symbol=symbol,
            timeframe=timeframe,
            starts_at=datetime.fromisoformat(raw["t"]).astimezone(UTC),
            open=_price(raw["o"]),
            high=_price(raw["h"]),
            low=_price(raw["l"]),
            close=_price(raw["c"]),
            volume=int(raw["v"]),
            trade_count=None if raw.get("n") is None else int(raw["n"]),
            vwap=None if raw.get("vw") is None else _price(raw["vw"]),
        )
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UpstreamUnavailable(
            f"market data answered a bar that cannot be read ({type(error).__name__})"
        ) from error


def _price(value: Any) -> Decimal:
    """Return a price to the sixth place; the API computes some of them with more."""
    return Decimal(value).quantize(_MICRO, ROUND_HALF_EVEN)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
