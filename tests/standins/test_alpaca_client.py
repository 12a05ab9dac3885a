"""Raptor's client of the bars API: patient as it is told, never for long, and not taken in by nonsense."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backend_v2.config import AlpacaConfig
from backend_v2.errors import BadRequest, UpstreamBusy, UpstreamUnavailable
from backend_v2.http.outgoing import BaseTransport, WsgiTransport
from backend_v2.market_data.alpaca import AlpacaClient, Page
from backend_v2.market_data.records import Range
from tests.standins.alpaca import UNKNOWN_SYMBOL, AlpacaStandIn

SPRING = Range(datetime(2024, 3, 1, tzinfo=UTC), datetime(2024, 6, 3, 12, tzinfo=UTC))
BAR = {"t": "2024-03-01T05:00:00Z", "o": 2, "h": 3, "l": 1, "c": 2, "v": 9, "n": 4, "vw": 2}


@dataclass
class Watch:
    """Seconds since the epoch, which pass only while somebody sleeps."""

    now_s: float = 1_000.0
    sleeps: list[float] = field(default_factory=list)

    def now(self) -> float:
        """Return the time."""
        return self.now_s

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.sleeps.append(seconds)
        self.now_s += seconds


@dataclass
class Alpaca:
    """The client, the stand-in that it asks, and its watch."""

    standin: AlpacaStandIn
    watch: Watch

    def pages(self, symbol: str = "AAPL", **config: Any) -> list[Page]:
        """Return all pages of spring's daily bars."""
        return _pages(WsgiTransport(app=self.standin), self.watch, symbol, **config)


@pytest.fixture
def alpaca() -> Alpaca:
    """The client and its stand-in."""
    return Alpaca(AlpacaStandIn(now=lambda: SPRING.end), Watch())


def _pages(transport: BaseTransport, watch: Watch, symbol: str = "AAPL", **config: Any) -> list[Page]:
    settings = AlpacaConfig(**{"key_id": "k", "secret_key": "s", **config})
    client = AlpacaClient(settings, transport=transport, sleep=watch.sleep, now=watch.now)
    return list(client.pages(symbol, "1Day", SPRING, until=client.deadline()))


def _answering(status: str, content: bytes, *headers: tuple[str, str]) -> BaseTransport:
    def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(status, [("Content-Type", "application/json"), *headers])
        return [content]

    return WsgiTransport(app=app)


def test_client_follows_the_pages(alpaca: Alpaca) -> None:
    """All pages come, in order, and the last one says that it is the last."""
    alpaca.standin.page_size = 30

    pages = alpaca.pages()

    assert [(len(page.bars), page.is_last) for page in pages] == [(30, False), (30, False), (5, True)]
    starts = [bar.starts_at for page in pages for bar in page.bars]
    assert starts == sorted(set(starts))


def test_client_asks_for_what_is_configured(alpaca: Alpaca) -> None:
    """Feed, adjustment, order and the largest page are said with each question."""
    alpaca.pages(feed="otc")

    (call,) = alpaca.standin.calls
    assert call == {
        "timeframe": "1Day",
        "start": "2024-03-01T00:00:00Z",
        "end": "2024-06-03T12:00:00Z",
        "limit": "10000",
        "adjustment": "raw",
        "feed": "otc",
        "sort": "asc",
    }


def test_client_keeps_prices_to_the_sixth_place(alpaca: Alpaca) -> None:
    """A price is the decimal that was written, rounded half to even at the sixth place, never a float."""
    body = b'{"bars": [%s]}' % json.dumps(BAR).replace('"vw": 2', '"vw": 1.2345625000').encode()

    (page,) = _pages(_answering("200 OK", body), alpaca.watch)

    assert page.bars[0].vwap == Decimal("1.234562")
    assert str(page.bars[0].open) == "2.000000"


def test_client_takes_null_for_no_bars(alpaca: Alpaca) -> None:
    """A symbol without bars has one last, empty page."""
    assert alpaca.pages(UNKNOWN_SYMBOL) == [Page([], is_last=True)]


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ([("Retry-After", "3"), ("X-RateLimit-Reset", "1001")], [3.0, 3.0, 3.0]),
        ([("X-RateLimit-Reset", "1005")], [5.0, 0.1, 0.1]),
        ([("X-RateLimit-Reset", "soon")], [2.0, 4.0, 8.0]),
        ([], [2.0, 4.0, 8.0]),
    ],
    ids=["retry-after", "reset", "unreadable", "silent"],
)
def test_client_waits_as_it_is_told(alpaca: Alpaca, headers: list[tuple[str, str]], waits: list[float]) -> None:
    """429 is waited out as the answer says, and else longer each time; the fourth one is the last."""
    with pytest.raises(UpstreamBusy, match="too busy"):
        _pages(_answering("429 Too Many Requests", b"{}", *headers), alpaca.watch)

    assert alpaca.watch.sleeps == waits


def test_client_does_not_wait_beyond_its_deadline(alpaca: Alpaca) -> None:
    """Told to wait for a minute, the client does not wait at all, but says when to come back."""
    with pytest.raises(UpstreamBusy) as busy:
        _pages(_answering("429 Too Many Requests", b"{}", ("Retry-After", "60")), alpaca.watch)

    assert alpaca.watch.sleeps == []
    assert busy.value.retry_after_s == 60


def test_client_stops_between_pages_when_its_time_is_up(alpaca: Alpaca) -> None:
    """What was yielded before the deadline has come; the rest is left for another time."""
    alpaca.standin.page_size = 30
    client = AlpacaClient(
        AlpacaConfig(key_id="k", secret_key="s"), transport=WsgiTransport(app=alpaca.standin), now=alpaca.watch.now
    )
    pages = client.pages("AAPL", "1Day", SPRING, until=client.deadline())

    first = next(pages)
    alpaca.watch.now_s += 21

    assert len(first.bars) == 30
    with pytest.raises(UpstreamBusy, match="takes long"):
        next(pages)


def test_client_goes_on_after_a_rush(alpaca: Alpaca) -> None:
    """After 429 the same question is asked again, and answered."""
    alpaca.standin.script = [429, 429]
    alpaca.watch.now_s = datetime.now(UTC).timestamp()

    (page,) = alpaca.pages()

    assert len(page.bars) == 65
    assert alpaca.standin.calls[0] == alpaca.standin.calls[2]


@pytest.mark.parametrize(
    ("script", "config", "error"),
    [
        ([500], {}, UpstreamUnavailable),
        ([401], {}, UpstreamUnavailable),
        ([], {"key_id": ""}, UpstreamUnavailable),
        ([422], {}, BadRequest),
        ([], {"feed": "nowhere"}, BadRequest),
    ],
    ids=str,
)
def test_client_says_whose_fault_it_was(
    alpaca: Alpaca, script: list[int], config: dict[str, str], error: type[Exception]
) -> None:
    """Refusals of the question are the asker's, everything else is the other side's."""
    alpaca.standin.script = script

    with pytest.raises(error, match="market data"):
        alpaca.pages(**config)

    assert len(alpaca.standin.calls) == 1


def test_client_cannot_be_kept_asking(alpaca: Alpaca) -> None:
    """The same page token twice would be a circle; it ends as a failure."""
    with pytest.raises(UpstreamUnavailable, match="same page token"):
        _pages(_answering("200 OK", b'{"bars": [], "next_page_token": "again"}'), alpaca.watch)


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"bars": {}}', b'{"bars": [1]}', b'{"bars": [null]}'])
def test_answer_that_is_no_answer_is_a_failure(alpaca: Alpaca, content: bytes) -> None:
    """Whatever comes with 200 and is no page of bars is the other side's failure."""
    with pytest.raises(UpstreamUnavailable):
        _pages(_answering("200 OK", content), alpaca.watch)


@pytest.mark.parametrize(
    "wrong",
    [
        {"t": "0001-01-01T12:00:00Z"},
        {"t": "9999-12-31T12:00:00Z"},
        {"t": "2024-03-01T05:00:00"},
        {"t": "yesterday"},
        {"t": None},
        {"o": None},
        {"o": "x"},
        {"o": 3.5},
        {"l": 0},
        {"l": -1},
        {"l": 2.5},
        {"h": 1.5},
        {"h": 10**12},
        {"h": float("inf")},
        {"c": float("nan")},
        {"vw": float("nan")},
        {"vw": 1e300},
        {"v": -1},
        {"v": 1.5},
        {"v": 2**63},
        {"n": 2**63},
    ],
    ids=str,
)
def test_bar_that_cannot_have_been_traded_is_a_failure(alpaca: Alpaca, wrong: dict[str, object]) -> None:
    """A bar that the table would not take is refused before it gets there, as the other side's failure."""
    body = json.dumps({"bars": [{**BAR, **wrong}], "next_page_token": None}).encode()

    with pytest.raises(UpstreamUnavailable, match="a bar"):
        _pages(_answering("200 OK", body), alpaca.watch)


@pytest.mark.parametrize("left_out", ["t", "o", "h", "l", "c", "v"])
def test_bar_without_a_part_is_a_failure(alpaca: Alpaca, left_out: str) -> None:
    """Instant, prices and volume are always there."""
    body = json.dumps({"bars": [{name: value for name, value in BAR.items() if name != left_out}]}).encode()

    with pytest.raises(UpstreamUnavailable, match="cannot be read"):
        _pages(_answering("200 OK", body), alpaca.watch)


def test_unreachable_api_is_a_failure_that_names_no_address() -> None:
    """When nobody answers the error says so, without the address."""
    client = AlpacaClient(AlpacaConfig(base_url="http://127.0.0.1:1", timeout_s=1))

    with pytest.raises(UpstreamUnavailable, match=r"cannot be reached \(ConnectError\)"):
        next(
            client.pages(
                "AAPL", "1Day", Range(SPRING.start, SPRING.start + timedelta(days=1)), until=client.deadline()
            )
        )
