"""Latest quotes: the stand-in keeps the API's contract, and Raptor's client is not taken in by nonsense."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backend_v2.config import AlpacaConfig
from backend_v2.errors import BadRequest, UpstreamBusy, UpstreamUnavailable
from backend_v2.http.outgoing import BaseTransport, Response, WsgiTransport, client
from backend_v2.market_data.alpaca import AlpacaClient
from backend_v2.market_data.records import Quote
from tests.standins.alpaca import UNKNOWN_SYMBOL, AlpacaStandIn

PATH = "/v2/stocks/quotes/latest"
KEYS = {"APCA-API-KEY-ID": "k", "APCA-API-SECRET-KEY": "s"}
NOW = datetime(2024, 6, 3, 12, 0, 0, 123456, tzinfo=UTC)
QUOTE = {"t": "2024-06-03T12:00:00.123456789Z", "ax": "V", "ap": 2.5, "as": 3, "bx": "V", "bp": 2.25, "bs": 4,
         "c": ["R"], "z": "C"}  # fmt: skip


@pytest.fixture
def standin() -> AlpacaStandIn:
    """The stand-in, on a summer's day."""
    return AlpacaStandIn(now=lambda: NOW)


def _get(standin: AlpacaStandIn, keys: dict[str, str] = KEYS, /, **query: str) -> Response:
    with client("http://x", headers=keys, timeout_s=5, transport=WsgiTransport(app=standin)) as session:
        return session.get(PATH, params=query)


def _ask(transport: BaseTransport, *symbols: str, **config: Any) -> list[Quote]:
    settings = AlpacaConfig(**{"key_id": "k", "secret_key": "s", **config})
    asking = AlpacaClient(settings, transport=transport, sleep=lambda _seconds: None)
    return asking.latest_quotes(symbols, until=asking.deadline())


def _answering(content: bytes) -> BaseTransport:
    def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [content]

    return WsgiTransport(app=app)


def test_quotes_have_the_api_s_fields_and_leave_out_the_unknown(standin: AlpacaStandIn) -> None:
    """Each symbol has its quote under its name, as the API writes it; an unknown one is just not there."""
    standin.quotes["AAPL"] = (1.5, 1.75)

    body = _get(standin, symbols=f"MSFT,AAPL,{UNKNOWN_SYMBOL}", feed="iex").json()

    assert body.keys() == {"quotes"}
    assert body["quotes"].keys() == {"AAPL", "MSFT"}
    assert all(one.keys() == QUOTE.keys() for one in body["quotes"].values())
    assert (body["quotes"]["AAPL"]["bp"], body["quotes"]["AAPL"]["ap"]) == (1.5, 1.75)
    assert body["quotes"]["AAPL"]["t"] == "2024-06-03T12:00:00.123456Z"


def test_delayed_feed_is_a_quarter_of_an_hour_behind(standin: AlpacaStandIn) -> None:
    """The delayed consolidated feed has the quotes of 15 minutes ago; the consolidated one is refused."""
    delayed, refused = _get(standin, symbols="AAPL", feed="delayed_sip"), _get(standin, symbols="AAPL", feed="sip")

    assert delayed.json()["quotes"]["AAPL"]["t"] == "2024-06-03T11:45:00.123456Z"
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "subscription does not permit querying recent SIP data",
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, "symbols is required"),
        ({"symbols": ","}, "symbols is required"),
        ({"symbols": "A", "limit": "1"}, "unexpected parameter(s): limit"),
        ({"symbols": "A", "feed": "nyse"}, "invalid feed: nyse"),
        ({"symbols": "A", "currency": "dollars"}, "invalid currency: dollars"),
    ],
    ids=str,
)
def test_question_with_a_mistake_is_refused(standin: AlpacaStandIn, query: dict[str, str], message: str) -> None:
    """Each mistake is 400 with the API's words; without keys it is 403."""
    answer = _get(standin, **query)

    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert _get(standin, {}, symbols="A").status_code == 403


def test_client_reads_quotes_exactly(standin: AlpacaStandIn) -> None:
    """Prices come as decimals to the sixth place, instants to the microsecond, in order, the unknown left out."""
    standin.quotes = {"MSFT": (0, 2.5), "AAPL": (1.1, 1.2)}

    quotes = _ask(WsgiTransport(app=standin), "MSFT", UNKNOWN_SYMBOL, "AAPL")

    assert [(one.symbol, str(one.bid), str(one.ask), one.quoted_at) for one in quotes] == [
        ("AAPL", "1.100000", "1.200000", NOW),
        ("MSFT", "0.000000", "2.500000", NOW),
    ]
    assert standin.calls == [{"symbols": f"MSFT,{UNKNOWN_SYMBOL},AAPL", "feed": "iex"}]


def test_client_takes_nanoseconds_and_only_what_it_asked_for() -> None:
    """Instants lose what is finer than a microsecond; a quote of a symbol that nobody asked for is ignored."""
    body = json.dumps({"quotes": {"AAPL": QUOTE, "EVIL": {}}}).encode()

    (quote,) = _ask(_answering(body), "AAPL")

    assert quote == Quote("AAPL", Decimal("2.25"), Decimal("2.5"), 4, 3, NOW)


@pytest.mark.parametrize(
    ("config", "feed"),
    [
        ({"feed": "sip", "delay": timedelta(minutes=15)}, "delayed_sip"),
        ({"feed": "otc"}, "otc"),
        ({"feed": "otc", "delay": timedelta(minutes=15)}, "otc"),
    ],
    ids=str,
)
def test_client_asks_the_feed_that_the_plan_includes(
    standin: AlpacaStandIn, config: dict[str, Any], feed: str
) -> None:
    """Where the last minutes of the consolidated feed are held back, its delayed quotes are asked for."""
    (quote,) = _ask(WsgiTransport(app=standin), "AAPL", **config)

    assert standin.calls == [{"symbols": "AAPL", "feed": feed}]
    assert quote.symbol == "AAPL"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"quotes": []}', b'{"quotes": {"AAPL": null}}'])
def test_answer_that_is_no_answer_is_a_failure(content: bytes) -> None:
    """Whatever comes with 200 and holds no quotes is the other side's failure."""
    with pytest.raises(UpstreamUnavailable):
        _ask(_answering(content), "AAPL")


@pytest.mark.parametrize("content", [b"{}", b'{"quotes": null}', b'{"quotes": {}}'])
def test_no_quotes_are_an_answer(content: bytes) -> None:
    """When the API knows none of the symbols there are no quotes."""
    assert _ask(_answering(content), "AAPL") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"t": "2024-06-03T12:00:00"},
        {"t": "9999-12-31T12:00:00Z"},
        {"t": None},
        {"bp": -1},
        {"ap": None},
        {"ap": "x"},
        {"ap": 10**12},
        {"bp": float("nan")},
        {"bs": -1},
        {"as": 1.5},
        {"as": 2**63},
    ],
    ids=str,
)
def test_quote_that_makes_no_sense_is_a_failure(wrong: dict[str, object]) -> None:
    """A quote that the table would not take is refused before it gets there."""
    body = json.dumps({"quotes": {"AAPL": {**QUOTE, **wrong}}}).encode()

    with pytest.raises(UpstreamUnavailable, match="a quote that cannot be read"):
        _ask(_answering(body), "AAPL")


@pytest.mark.parametrize("left_out", ["t", "bp", "ap", "bs", "as"])
def test_quote_without_a_part_is_a_failure(left_out: str) -> None:
    """Instant, prices and sizes are always there."""
    body = json.dumps({"quotes": {"AAPL": {name: QUOTE[name] for name in QUOTE if name != left_out}}}).encode()

    with pytest.raises(UpstreamUnavailable, match="cannot be read"):
        _ask(_answering(body), "AAPL")


@pytest.mark.parametrize(
    ("script", "error"), [([500], UpstreamUnavailable), ([400], BadRequest), ([429] * 4, UpstreamBusy)], ids=str
)
def test_client_says_whose_fault_it_was(standin: AlpacaStandIn, script: list[int], error: type[Exception]) -> None:
    """Failures, refusals and 429 that stays are told apart, as for bars."""
    standin.script = list(script)
    standin.reset_after_s = 0

    with pytest.raises(error, match="market data"):
        _ask(WsgiTransport(app=standin), "AAPL")
