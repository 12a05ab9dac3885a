"""`GET /api/historical/bars`: fetched once, paged, and honest about what can still change."""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from backend_v2.config import Config
from backend_v2.db.tables import market_data
from backend_v2.http.outgoing import Response
from backend_v2.market_data.records import Range, missing
from backend_v2.market_data.repositories import HistoricalBarRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person
from tests.standins.alpaca import AlpacaStandIn
from tests.standins.alpaca.application import StartResponse
from tests.standins.alpaca.bars import made_up

JANUARY = Range(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 31, tzinfo=UTC))
QUERY: dict[str, str | int] = {
    "symbol": "aapl",
    "timeframe": "1Day",
    "start": "2024-01-01T00:00:00Z",
    "end": "2024-01-31T00:00:00Z",
}


def test_route_fetches_bars_once(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """The first request asks the market data API, the second one only the database."""
    first = signed_in.client.get("/api/historical/bars", params=QUERY).json()
    calls = len(alpaca.calls)
    second = signed_in.client.get("/api/historical/bars", params=QUERY).json()

    assert len(first["bars"]) == 20
    assert first == second
    assert calls == len(alpaca.calls) == 1


def test_route_fetches_only_what_is_missing(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """A wider question asks only for the stretches on both sides of what is there."""
    inner = {**QUERY, "start": "2024-01-10T00:00:00Z", "end": "2024-01-20T00:00:00Z"}
    signed_in.client.get("/api/historical/bars", params=inner)

    signed_in.client.get("/api/historical/bars", params=QUERY)

    assert [(one["start"][:10], one["end"][:10]) for one in alpaca.calls[1:]] == [
        ("2024-01-01", "2024-01-10"),
        ("2024-01-20", "2024-01-31"),
    ]


def test_route_pages_through_all_bars(signed_in: Person) -> None:
    """The pages together are the whole, in order, with every bar once."""
    whole = signed_in.client.get("/api/historical/bars", params=QUERY).json()["bars"]
    first = signed_in.client.get("/api/historical/bars", params={**QUERY, "limit": 15}).json()
    token = first["next_page_token"]
    last = signed_in.client.get("/api/historical/bars", params={**QUERY, "limit": 15, "page_token": token}).json()

    assert first["bars"] + last["bars"] == whole
    assert last["next_page_token"] is None


def test_route_asks_again_for_what_can_still_change(
    signed_in: Person, alpaca: AlpacaStandIn, clock: ManualClock
) -> None:
    """Today's bar is not taken for final: it is asked for again, and yesterday's week is not."""
    today = {**QUERY, "start": "2024-05-20T00:00:00Z", "end": clock().isoformat()}

    signed_in.client.get("/api/historical/bars", params=today)
    signed_in.client.get("/api/historical/bars", params=today)

    assert len(alpaca.calls) == 2
    assert alpaca.calls[1]["start"] > "2024-06-02T11"


def test_route_gives_prices_as_text(signed_in: Person) -> None:
    """Prices are text with six places, so that no reader rounds them."""
    bar = signed_in.client.get("/api/historical/bars", params=QUERY).json()["bars"][0]

    assert bar["t"] == "2024-01-02T05:00:00Z"
    assert all(len(bar[name].partition(".")[2]) == 6 for name in ("o", "h", "l", "c", "vw"))


def test_route_serves_an_unknown_symbol_as_empty(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """No bars is an answer, remembered like any other."""
    answers = [signed_in.client.get("/api/historical/bars", params={**QUERY, "symbol": "ZZZZ"}) for _ in range(2)]

    assert [one.json()["bars"] for one in answers] == [[], []]
    assert len(alpaca.calls) == 1


def test_route_says_when_market_data_stays_busy(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """When every try is answered with 429 the answer is 503 with a time, and nothing is taken for fetched."""
    alpaca.reset_after_s = 0
    alpaca.script = [429] * 4

    busy = signed_in.client.get("/api/historical/bars", params=QUERY)
    then = signed_in.client.get("/api/historical/bars", params=QUERY)

    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "1")
    assert "busy" in busy.json()["detail"]
    assert len(then.json()["bars"]) == 20


def test_route_survives_a_short_rush(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """A 429 or two are waited out."""
    alpaca.reset_after_s = 0
    alpaca.script = [429] * 2

    answer = signed_in.client.get("/api/historical/bars", params=QUERY)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"timeframe": "2Day"}, 422),
        ({"end": "2023-01-01T00:00:00Z"}, 422),
        ({"page_token": "AAAA"}, 400),
        ({"start": "2024-01-01T00:00:00"}, 422),
        ({"start": "1704067200"}, 422),
        ({"end": "2024-02-30"}, 422),
        ({"end": "9999-12-31T23:59:59-14:00"}, 422),
        ({"start": "0001-01-01T00:00:00+14:00"}, 422),
        ({"start": "0001-01-01T23:59:59Z"}, 422),
        ({"start": "2024-01-01T00:00Z"}, 422),
        ({"start": "2024-01-01 00:00:00Z"}, 422),
        ({"start": "2024-01-01T00:00:00Z\n"}, 422),
        ({"start": "\u0662024-01-01"}, 422),
        ({"end": "9999-01-01"}, 422),
        ({"start": "0001-12-31"}, 422),
        ({"timeframe": "60Min"}, 422),
        ({"timeframe": "1Day\n"}, 422),
        ({"limit": "0"}, 422),
        ({"limit": "10001"}, 422),
        ({"symbol": "../x"}, 422),
        ({"unknown": "1"}, 422),
    ],
    ids=str,
)
def test_route_refuses_what_does_not_fit(signed_in: Person, wrong: dict[str, str], status: int) -> None:
    """A question that makes no sense is refused with a problem that says why."""
    answer = signed_in.client.get("/api/historical/bars", params={**QUERY, **wrong})

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "bounds",
    [
        {"start": "0002-01-01T00:00:00+23:59", "end": "0002-01-02"},
        {"start": "9998-12-31", "end": "9998-12-31T23:59:59-23:59"},
        {"start": "2024-01-01t00:00:00.123456789z", "end": "2024-01-01T00:00:00.123457Z"},
    ],
    ids=str,
)
def test_route_takes_every_instant_that_it_describes(signed_in: Person, bounds: dict[str, str]) -> None:
    """The years 2 to 9998 in any zone, small letters and nanoseconds are taken as they are described."""
    assert signed_in.client.get("/api/historical/bars", params={**QUERY, **bounds}).status_code == 200


@pytest.mark.parametrize(
    ("written", "name"),
    [("59T", "59Min"), ("23H", "23Hour"), ("D", None), ("1D", "1Day"), ("1W", "1Week"), ("12M", "12Month")],
)
def test_route_takes_timeframes_long_and_short(signed_in: Person, written: str, name: str | None) -> None:
    """A short timeframe means the same as a long one, and the answer names the long one."""
    answer = signed_in.client.get("/api/historical/bars", params={**QUERY, "timeframe": written})

    assert answer.json().get("timeframe") == name


def test_route_answers_ten_thousand_bars_in_a_few_statements(signed_in: Person, diglot: Diglot) -> None:
    """Ten thousand bars are fetched, stored and answered by one request, with a statement for every thousand."""
    minutes = {**QUERY, "timeframe": "1Min", "end": "2024-02-07", "limit": 10_000}
    diglot.statements.clear()

    answer = signed_in.client.get("/api/historical/bars", params=minutes)
    first = len(diglot.statements)
    diglot.statements.clear()
    again = signed_in.client.get("/api/historical/bars", params=minutes)

    bars = answer.json()["bars"]
    assert len(bars) == len({one["t"] for one in bars}) == 10_000
    assert again.json() == answer.json()
    assert first <= 20
    assert len(diglot.statements) <= 5


def test_route_passes_on_what_the_api_finds_fault_with(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """A question that the API refuses is 400, with its words."""
    alpaca.script = [400]

    answer = signed_in.client.get("/api/historical/bars", params=QUERY)

    assert answer.status_code == 400
    assert "bad request" in answer.json()["detail"]


def test_route_takes_days_and_includes_the_whole_of_the_last(signed_in: Person) -> None:
    """Bounds may be days in UTC; the bar of the last day is part of the answer."""
    days = {**QUERY, "start": "2024-01-02", "end": "2024-01-03"}

    bars = signed_in.client.get("/api/historical/bars", params=days).json()["bars"]

    assert [bar["t"] for bar in bars] == ["2024-01-02T05:00:00Z", "2024-01-03T05:00:00Z"]


def test_route_fetches_no_more_than_its_page_needs(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """Of a long stretch as many pages are fetched as the answer needs; the next answer goes on from there."""
    alpaca.page_size = 6
    whole = {**QUERY, "limit": 7}

    first = signed_in.client.get("/api/historical/bars", params=whole).json()
    calls = [len(alpaca.calls)]
    second = signed_in.client.get(
        "/api/historical/bars", params={**whole, "page_token": first["next_page_token"]}
    ).json()
    calls.append(len(alpaca.calls))

    assert [len(one["bars"]) for one in (first, second)] == [7, 7]
    assert first["bars"][-1]["t"] < second["bars"][0]["t"]
    assert calls == [2, 3]


def test_route_keeps_what_came_before_a_failure(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """When a later page fails, the next try asks only for what did not come."""
    alpaca.page_size = 6
    alpaca.script = [200, 200, 500]

    failed = signed_in.client.get("/api/historical/bars", params=QUERY)
    then = signed_in.client.get("/api/historical/bars", params=QUERY).json()

    assert failed.status_code == 502
    assert len(then["bars"]) == 20
    assert alpaca.calls[3]["start"] == then["bars"][11]["t"]


def test_route_stores_nothing_of_a_page_that_makes_no_sense(
    signed_in: Person, alpaca: AlpacaStandIn, diglot: Diglot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar that cannot have been traded is 502, and neither bars nor the fetch are stored."""
    monkeypatch.setattr("tests.standins.alpaca.application.made_up", lambda *_: {**made_up(*_), "l": 0})

    answer = signed_in.client.get("/api/historical/bars", params=QUERY)

    assert answer.status_code == 502
    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(market_data.historical_bars)) == 0
        assert connection.scalar(sa.select(sa.func.count()).select_from(market_data.bar_fetches)) == 0


class TestConsolidatedFeed:
    """The feed whose last 15 minutes the plan does not include."""

    @pytest.fixture
    def config(self) -> Config:
        """Settings with that feed."""
        keys = {"ALPACA_FEED": "sip", "ALPACA_KEY_ID": "key", "ALPACA_SECRET_KEY": "secret"}
        return Config.from_environ(keys)

    def test_route_asks_no_later_than_it_may(
        self, signed_in: Person, alpaca: AlpacaStandIn, clock: ManualClock
    ) -> None:
        """A question up to now is served, with the bars that the plan includes."""
        now = {**QUERY, "start": "2024-06-01", "end": clock().isoformat()}

        answer = signed_in.client.get("/api/historical/bars", params=now)

        assert answer.status_code == 200
        assert alpaca.calls[0]["end"] == "2024-06-03T11:45:00.123456Z"

    def test_route_asks_nothing_about_the_last_minutes(
        self, signed_in: Person, alpaca: AlpacaStandIn, clock: ManualClock
    ) -> None:
        """A question about the last minutes alone has no bars, and is not passed on."""
        start = (clock() - timedelta(minutes=5)).isoformat()
        recent = {**QUERY, "timeframe": "1Min", "start": start, "end": clock().isoformat()}

        answer = signed_in.client.get("/api/historical/bars", params=recent)

        assert answer.json()["bars"] == []
        assert alpaca.calls == []


def test_route_leaves_one_row_for_somebody_who_asks_every_minute(
    signed_in: Person, diglot: Diglot, clock: ManualClock
) -> None:
    """The record of what was fetched grows in length, not in rows."""
    clock.advance(hours=4)
    signed_in.client.get(
        "/api/historical/bars", params={**QUERY, "timeframe": "1Min", "start": "2024-06-03", "end": "2024-06-04"}
    )
    clock.advance(minutes=1)
    signed_in.client.get(
        "/api/historical/bars", params={**QUERY, "timeframe": "1Min", "start": "2024-06-03", "end": "2024-06-04"}
    )

    with diglot.connect() as connection:
        ends = connection.scalars(sa.select(market_data.bar_fetches.c.range_end)).all()

    assert ends == [clock() - timedelta(minutes=17)]


def test_route_does_not_take_the_open_period_for_fetched(
    signed_in: Person, alpaca: AlpacaStandIn, diglot: Diglot, clock: ManualClock
) -> None:
    """Bars of the last minutes are served, and asked for again, since they can still change."""
    clock.advance(hours=4)
    recent = {**QUERY, "timeframe": "1Min", "start": (clock() - timedelta(minutes=9)).isoformat(), "end": "2024-06-04"}

    answers = [signed_in.client.get("/api/historical/bars", params=recent).json() for _ in range(2)]

    assert [len(one["bars"]) for one in answers] == [9, 9]
    assert len(alpaca.calls) == 2
    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(market_data.bar_fetches)) == 0


@pytest.mark.isolation("clone")
def test_route_stores_once_what_two_ask_for_at_once(
    signed_in: Person, diglot: Diglot, alpaca: AlpacaStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two requests for the same missing stretch both get its bars, which are stored once."""
    both_have_asked = threading.Barrier(2)
    ask = AlpacaStandIn.__call__

    def ask_together(self: AlpacaStandIn, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        both_have_asked.wait(10)
        return ask(self, environ, start_response)

    monkeypatch.setattr(AlpacaStandIn, "__call__", ask_together)

    def fetch() -> Response:
        return signed_in.client.get("/api/historical/bars", params=QUERY)

    with ThreadPoolExecutor(2) as threads:
        answers = [one.result(30) for one in [threads.submit(fetch), threads.submit(fetch)]]

    assert [one.status_code for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    with diglot.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(market_data.historical_bars)) == 20
        known = HistoricalBarRepository(connection).fetched("AAPL", "1Day", JANUARY)
    assert missing(JANUARY, known) == []


def test_route_is_closed_to_strangers(person: Person) -> None:
    """Who is not signed in gets no bars."""
    assert person.client.get("/api/historical/bars", params=QUERY).status_code == 401
