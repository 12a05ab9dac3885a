"""Bars: stored exactly, fetched once, paged, and honest about what can still change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from backend_v2.market_data.records import Bar, Range
from backend_v2.market_data.repositories import HistoricalBarRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH, ManualClock, Person
from tests.standins.alpaca import AlpacaStandIn

BAR = Bar(
    symbol="AAPL",
    timeframe="1Day",
    starts_at=datetime(2024, 1, 2, 5, tzinfo=UTC),
    open=Decimal("187.150000"),
    high=Decimal("188.440000"),
    low=Decimal("183.885000"),
    close=Decimal("185.640001"),
    volume=82_496_943_000_000,
    trade_count=1_009_074,
    vwap=Decimal("185.937347"),
)
JANUARY = Range(datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 1, 31, tzinfo=UTC))
QUERY = {"symbol": "aapl", "timeframe": "1Day", "start": "2024-01-01T00:00:00Z", "end": "2024-01-31T00:00:00Z"}


def _days(count: int) -> list[Bar]:
    return [replace(BAR, starts_at=BAR.starts_at + timedelta(days=day)) for day in range(count)]


def test_upsert_reads_back_exactly(diglot: Diglot) -> None:
    """Prices keep their six places, volumes their 64 bits, instants their zone."""
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert([BAR], fetched_at=EPOCH)

    with diglot.connect() as connection:
        (read,) = HistoricalBarRepository(connection).between("AAPL", "1Day", JANUARY, limit=10)

    assert read == BAR
    assert read.starts_at.tzinfo is UTC
    assert str(read.close) == "185.640001"


def test_upsert_replaces_a_bar(diglot: Diglot) -> None:
    """A bar that comes again, corrected, takes the place of the first one."""
    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        repository.upsert(_days(3), fetched_at=EPOCH)
        repository.upsert([replace(BAR, close=Decimal(186))], fetched_at=EPOCH)

    with diglot.connect() as connection:
        found = HistoricalBarRepository(connection).between("AAPL", "1Day", JANUARY, limit=10)

    assert [one.close for one in found] == [Decimal(186), BAR.close, BAR.close]


def test_between_takes_both_ends_in_order_and_resumes(diglot: Diglot) -> None:
    """A range includes both its ends; a page goes on after the bar where the one before ended."""
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert(_days(5)[::-1], fetched_at=EPOCH)
    wanted = Range(BAR.starts_at, BAR.starts_at + timedelta(days=3))

    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        first = repository.between("AAPL", "1Day", wanted, limit=2)
        rest = repository.between("AAPL", "1Day", wanted, limit=9, after=first[-1].starts_at)
        other = repository.between("AAPL", "1Hour", wanted, limit=9)

    assert [one.starts_at.day for one in (*first, *rest)] == [2, 3, 4, 5]
    assert other == []


def test_record_fetch_is_found_where_it_touches(diglot: Diglot) -> None:
    """Fetched stretches are found when they touch the wanted one, of that symbol and timeframe."""
    early, late = Range(EPOCH, EPOCH + timedelta(days=1)), Range(EPOCH + timedelta(days=5), EPOCH + timedelta(days=6))
    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        repository.record_fetch("AAPL", "1Day", late, count=0, at=EPOCH)
        repository.record_fetch("AAPL", "1Day", early, count=1, at=EPOCH)
        repository.record_fetch("MSFT", "1Day", early, count=1, at=EPOCH)

    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        both = repository.fetched("AAPL", "1Day", Range(early.end, late.start))
        none = repository.fetched("AAPL", "1Day", Range(EPOCH + timedelta(days=2), EPOCH + timedelta(days=3)))

    assert both == [early, late]
    assert none == []


def test_upsert_is_one_statement(diglot: Diglot) -> None:
    """Bars are stored in bulk: the number of statements does not grow with the number of bars."""
    with diglot.connect() as connection:
        HistoricalBarRepository(connection).upsert(_days(500), fetched_at=EPOCH)

    assert len(diglot.statements) == 1


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
    """When every try is answered with 429 the answer is 502, and nothing is taken for fetched."""
    alpaca.reset_after_s = 0
    alpaca.script = ["429 Too Many Requests"] * 4

    busy = signed_in.client.get("/api/historical/bars", params=QUERY)
    then = signed_in.client.get("/api/historical/bars", params=QUERY)

    assert busy.status_code == 502
    assert "busy" in busy.json()["detail"]
    assert len(then.json()["bars"]) == 20


def test_route_survives_a_short_rush(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """A 429 or two are waited out."""
    alpaca.reset_after_s = 0
    alpaca.script = ["429 Too Many Requests"] * 2

    answer = signed_in.client.get("/api/historical/bars", params=QUERY)

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"timeframe": "2Day"}, 400),
        ({"end": "2023-01-01T00:00:00Z"}, 400),
        ({"page_token": "AAAA"}, 400),
        ({"start": "2024-01-01T00:00:00"}, 422),
        ({"start": "0001-01-01T00:00:00+14:00"}, 422),
        ({"limit": "0"}, 422),
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


def test_route_is_closed_to_strangers(person: Person) -> None:
    """Who is not signed in gets no bars."""
    assert person.client.get("/api/historical/bars", params=QUERY).status_code == 401
