"""The stand-in keeps the contract of the bars API, in process and on a port."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from backend_v2.config import AlpacaConfig
from backend_v2.errors import BadRequest, UpstreamUnavailable
from backend_v2.market_data.alpaca import AlpacaClient
from backend_v2.market_data.records import Range
from tests.standins.alpaca import AlpacaStandIn

KEYS = {"APCA-API-KEY-ID": "k", "APCA-API-SECRET-KEY": "s"}
NOW = datetime(2024, 6, 3, 12, tzinfo=UTC)
MARCH = {"timeframe": "1Day", "start": "2024-03-01", "end": "2024-03-31", "feed": "iex"}


@pytest.fixture
def standin() -> AlpacaStandIn:
    """The stand-in, on a summer's day."""
    return AlpacaStandIn(now=lambda: NOW)


def _get(standin: AlpacaStandIn, path: str = "/v2/stocks/AAPL/bars", **query: str) -> httpx.Response:
    with httpx.Client(transport=httpx.WSGITransport(app=standin), base_url="http://x", headers=KEYS) as client:
        return client.get(path, params={**MARCH, **query})


def test_days_begin_at_midnight_in_new_york_on_either_side_of_summer_time(standin: AlpacaStandIn) -> None:
    """Daily bars are stamped 05:00Z in winter and 04:00Z in summer; weekends and holidays have none."""
    bars = _get(standin).json()["bars"]

    assert bars[0]["t"] == "2024-03-01T05:00:00Z"
    assert bars[-1]["t"] == "2024-03-28T04:00:00Z"
    assert len(bars) == 20


def test_pages_cover_symbols_in_order(standin: AlpacaStandIn) -> None:
    """The limit counts across symbols, which come one after the other; tokens outlive the process."""
    query = {"symbols": "MSFT,AAPL", "limit": "15"}
    seen: list[tuple[str, str]] = []
    token: dict[str, str] = {}
    for _ in range(3):
        body = _get(AlpacaStandIn(now=lambda: NOW), "/v2/stocks/bars", **query, **token).json()
        seen += [(symbol, bar["t"]) for symbol, bars in body["bars"].items() for bar in bars]
        token = {"page_token": body["next_page_token"]}

    assert len(seen) == 40
    assert seen == sorted(seen)
    assert token == {"page_token": None}


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ({"timeframe": "2Day"}, 400, "invalid timeframe: 2Day"),
        ({"limit": "0"}, 400, "invalid limit: 0"),
        ({"limit": "10001"}, 400, "invalid limit: 10001"),
        ({"end": "2024-02-01"}, 400, "end should not be before start"),
        ({"colour": "red"}, 400, "unexpected parameter(s): colour"),
        ({"page_token": "AAAA"}, 400, "invalid page_token"),
        ({"feed": "sip", "end": "2024-06-03T11:50:00Z"}, 403, "subscription does not permit querying recent SIP data"),
    ],
)
def test_question_with_a_mistake_is_refused(
    standin: AlpacaStandIn, query: dict[str, str], status: int, message: str
) -> None:
    """Each mistake has the API's status and words."""
    answer = _get(standin, **query)

    assert (answer.status_code, answer.json()["message"]) == (status, message)


def test_every_answer_carries_rate_headers(standin: AlpacaStandIn) -> None:
    """Limit, remaining and reset are there, also with a refusal; large answers are compressed."""
    good, bad = _get(standin), _get(standin, timeframe="")

    names = {"x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
    assert names <= good.headers.keys()
    assert names <= bad.headers.keys()
    assert good.headers["content-encoding"] == "gzip"


def test_strangers_are_refused(standin: AlpacaStandIn) -> None:
    """Without keys the answer is 403."""
    with httpx.Client(transport=httpx.WSGITransport(app=standin), base_url="http://x") as client:
        assert client.get("/v2/stocks/AAPL/bars", params=MARCH).status_code == 403


def _client(standin: AlpacaStandIn, waits: list[float], **config: Any) -> AlpacaClient:
    return AlpacaClient(
        AlpacaConfig(**{"key_id": "k", "secret_key": "s", **config}),
        transport=httpx.WSGITransport(app=standin),
        sleep=waits.append,
        now=lambda: 0.0,
    )


def test_client_waits_as_it_is_told_and_never_long(standin: AlpacaStandIn) -> None:
    """The client waits until the reset that the API names, bounded, and then gets its bars."""
    standin.script = ["429 Too Many Requests"] * 3
    waits: list[float] = []

    bars = _client(standin, waits).bars("AAPL", "1Day", Range(datetime(2024, 3, 1, tzinfo=UTC), NOW))

    assert len(bars) == 66
    assert waits == [20.0, 20.0, 20.0]


@pytest.mark.parametrize(
    ("script", "config", "error"),
    [
        (["429 Too Many Requests"] * 4, {}, UpstreamUnavailable),
        (["500 Internal Server Error"], {}, UpstreamUnavailable),
        ([], {"key_id": ""}, UpstreamUnavailable),
        ([], {"feed": "nowhere"}, BadRequest),
    ],
)
def test_client_says_what_went_wrong(
    standin: AlpacaStandIn, script: list[str], config: dict[str, str], error: type[Exception]
) -> None:
    """Refusals and failures become errors that say whose fault it is."""
    standin.script = script

    with pytest.raises(error):
        _client(standin, [], **config).bars("AAPL", "1Day", Range(datetime(2024, 3, 1, tzinfo=UTC), NOW))


def test_standin_serves_on_a_port() -> None:
    """Started as a process it answers over real HTTP."""
    command = [sys.executable, "-m", "tests.standins.alpaca", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        answer = httpx.get(f"{address}/v2/stocks/AAPL/bars", params=MARCH, headers=KEYS, timeout=10)
        process.terminate()

    assert len(answer.json()["bars"]) == 20
