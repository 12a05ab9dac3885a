"""The stand-in as a WSGI application: routes, keys, rate headers, refusals, compression."""

import gzip
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from tests.standins.alpaca.bars import UNKNOWN_SYMBOL, beginnings, made_up, made_up_quote
from tests.standins.alpaca.question import Question, Refusal, page_token, read, read_quoted

StartResponse = Callable[[str, list[tuple[str, str]]], Any]

_QUOTES = "/v2/stocks/quotes/latest"
_PATH = re.compile(r"/v2/stocks/(?:(?P<symbol>[A-Z.]+)/)?bars")
_SMALL = 256


@dataclass
class AlpacaStandIn:
    """The application.

    script: statuses to answer, one a question, before it serves again; 200 serves.
    calls: the parameters of each question. reset_after_s: when the rate is said to be reset.
    page_size: the most bars of a page, however many the question allows.
    quotes: bid and ask by symbol, in place of those that are made up.
    """

    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    rate_limit: int = 200
    script: list[int] = field(default_factory=list)
    calls: list[dict[str, str]] = field(default_factory=list)
    reset_after_s: int = 1
    page_size: int = 10_000
    quotes: dict[str, tuple[float, float]] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        try:
            status, body = 200, self._serve(environ)
        except Refusal as refusal:
            status, body = refusal.status, {"message": str(refusal)}
        content = json.dumps(body).encode()
        headers = [("Content-Type", "application/json"), *self._rate_headers()]
        if len(content) > _SMALL and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
            content = gzip.compress(content)
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(content))))
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [content]

    def _serve(self, environ: dict[str, Any]) -> dict[str, Any]:
        query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
        self.calls.append(query)
        if not environ.get("HTTP_APCA_API_KEY_ID") or not environ.get("HTTP_APCA_API_SECRET_KEY"):
            raise Refusal(403, "forbidden.")
        scripted = self.script.pop(0) if self.script else 200
        if scripted != 200:
            raise Refusal(scripted, HTTPStatus(scripted).phrase.lower() + ".")
        if environ["PATH_INFO"] == _QUOTES and environ["REQUEST_METHOD"] == "GET":
            return {"quotes": self._latest_quotes(*read_quoted(query, now=self.now()))}
        match = _PATH.fullmatch(environ["PATH_INFO"])
        if match is None:
            raise Refusal(404, "endpoint not found.")
        if environ["REQUEST_METHOD"] != "GET":
            raise Refusal(405, "method not allowed.")
        symbol = match["symbol"]
        return self._page(read(query, symbol=symbol, now=self.now()), symbol)

    def _latest_quotes(self, symbols: tuple[str, ...], at: datetime) -> dict[str, Any]:
        known = [one for one in symbols if one != UNKNOWN_SYMBOL]
        return {one: made_up_quote(one, at, self.quotes.get(one)) for one in known}

    def _page(self, question: Question, single: str | None) -> dict[str, Any]:
        size = min(question.limit, self.page_size)
        found = list(islice(_rest(question), size + 1))
        page = found[:size]
        token = page_token(*page[-1]) if len(found) > size else None
        if single:
            bars = [made_up(*one) for one in page]
            return {"bars": bars or None, "symbol": single, "next_page_token": token}
        grouped: dict[str, list[Any]] = {}
        for symbol, moment in page:
            grouped.setdefault(symbol, []).append(made_up(symbol, moment))
        return {"bars": grouped, "next_page_token": token}

    def _rate_headers(self) -> list[tuple[str, str]]:
        return [
            ("X-RateLimit-Limit", str(self.rate_limit)),
            ("X-RateLimit-Remaining", str(max(0, self.rate_limit - len(self.calls)))),
            ("X-RateLimit-Reset", str(int(time.time()) + self.reset_after_s)),
            ("X-Request-ID", f"stand-in-{len(self.calls)}"),
        ]


def _rest(question: Question) -> Iterator[tuple[str, datetime]]:
    """Yield what the question asks for beyond its page token: by symbol, then by time."""
    symbols = [one for one in question.symbols if one != UNKNOWN_SYMBOL]
    reached, last = question.after or ("", question.start)
    for symbol in symbols:
        if symbol < reached:
            continue
        start, end = question.start, question.end
        if symbol == reached:
            start, end = (start, last) if question.is_descending else (last, end)
        moments: Iterable[datetime] = beginnings(question.unit, question.count, start, end)
        if question.is_descending:
            moments = reversed(list(moments))
        yield from ((symbol, moment) for moment in moments if symbol != reached or moment != last)
