"""The routes under `/api/backtests`: exact results, each user's own."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from backend_v2.auth.repositories import AuditRepository, UserRepository
from backend_v2.http.outgoing import Response
from backend_v2.market_data import backtest_service
from backend_v2.market_data.records import Bar, Range
from backend_v2.market_data.repositories import HistoricalBarRepository
from diglot.isolation.facade import Diglot
from tests.contract.conftest import EPOCH, ManualClock, Person
from tests.standins.alpaca import UNKNOWN_SYMBOL, AlpacaStandIn

URL = "/api/backtests"
MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
WISH: dict[str, Any] = {
    "symbol": "hand",
    "timeframe": "1D",
    "start": "2024-01-01",
    "end": "2024-01-09",
    "starting_cash": "1000",
    "fast": 2,
    "slow": 3,
}
BY_HAND = (("11", "11"), ("10", "10"), ("9", "9"), ("11", "11"), ("11.5", "12"), ("12.1", "13"), ("12.5", "9"),
           ("9.9", "10"), ("11", "11"))  # fmt: skip
"""Open and close of nine days, whose result `test_crossover.py` computes on paper."""


def _store(diglot: Diglot, *prices: tuple[str, str]) -> None:
    """Store daily bars, and that nothing is missing among them."""
    bars = []
    for number, (opens, closes) in enumerate(prices):
        ends = sorted((Decimal(opens), Decimal(closes)))
        at = MONDAY + timedelta(days=number)
        bars.append(Bar("HAND", "1Day", at, Decimal(opens), ends[1], ends[0], Decimal(closes), 1, None, None))
    whole = Range(MONDAY, MONDAY + timedelta(days=99))
    with diglot.connect() as connection:
        repository = HistoricalBarRepository(connection)
        repository.upsert(bars, fetched_at=EPOCH)
        repository.record_fetch("HAND", "1Day", whole, fetched_at=EPOCH)


def _run(person: Person, **fields: object) -> Response:
    return person.client.post(URL, json={**WISH, **fields})


def test_run_over_bars_computed_by_hand_is_exact(signed_in: Person, diglot: Diglot, alpaca: AlpacaStandIn) -> None:
    """A series that was computed on paper has that result, to the last digit, and reads back as it was answered."""
    _store(diglot, *BY_HAND)

    answer = _run(signed_in)

    assert answer.status_code == 201
    run = answer.json()
    assert run == {
        "id": run["id"],
        "symbol": "HAND",
        "timeframe": "1Day",
        "status": "done",
        "start": "2024-01-01T00:00:00Z",
        "end": "2024-01-09T23:59:59.999999Z",
        "fast": 2,
        "slow": 3,
        "bars": 9,
        "starting_cash": "1000.000000",
        "ending_cash": "819.600000",
        "profit": "-180.400000",
        "max_drawdown": "328.000000",
        "created_at": "2024-06-03T12:00:00.123456Z",
        "finished_at": "2024-06-03T12:00:00.123456Z",
        "trades": 2,
    }
    assert signed_in.client.get(f"{URL}/{run['id']}").json() == run
    assert signed_in.client.get(f"{URL}/{run['id']}/trades").json() == {
        "trades": [
            {"side": "buy", "quantity": "82.000000", "price": "12.100000", "traded_at": "2024-01-06T00:00:00Z"},
            {"side": "sell", "quantity": "82.000000", "price": "9.900000", "traded_at": "2024-01-08T00:00:00Z"},
        ],
        "next_page_token": None,
    }
    assert alpaca.calls == []


def test_run_fetches_what_is_missing_once(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """Bars that are not stored are fetched first; the same run again asks nobody, and has the same result."""
    wish = {"symbol": "AAPL", "end": "2024-03-31", "fast": 5, "slow": 20, "starting_cash": "100000.000001"}

    first, second = _run(signed_in, **wish).json(), _run(signed_in, **wish).json()

    assert len(alpaca.calls) == 1
    assert first["bars"] == 61
    assert first["trades"] > 0
    assert {**first, "id": second["id"]} == second
    assert first["ending_cash"] == "106237.300001"


@pytest.mark.parametrize(("slow", "status"), [(8, 201), (9, 409)])
def test_run_needs_one_bar_more_than_the_slow_average(
    signed_in: Person, diglot: Diglot, slow: int, status: int
) -> None:
    """With as many bars as the slow average takes nothing could be traded: it is 409, and nothing is stored."""
    _store(diglot, *BY_HAND)

    answer = _run(signed_in, slow=slow)

    assert answer.status_code == status
    assert len(signed_in.client.get(URL).json()["backtests"]) == (status == 201)


def test_run_over_a_symbol_without_bars_is_a_conflict(signed_in: Person) -> None:
    """A symbol that the market data API does not know has no bars, which is 409."""
    answer = _run(signed_in, symbol=UNKNOWN_SYMBOL)

    assert answer.status_code == 409
    assert "0 bars" in answer.json()["detail"]


@pytest.mark.parametrize(("most", "status"), [(9, 201), (8, 409)])
def test_run_over_too_many_bars_is_a_conflict(
    signed_in: Person, diglot: Diglot, monkeypatch: pytest.MonkeyPatch, most: int, status: int
) -> None:
    """More bars than a run may take are 409, and not a run over some of them."""
    _store(diglot, *BY_HAND)
    monkeypatch.setattr(backtest_service, "MOST_BARS", most)

    answer = _run(signed_in)

    assert answer.status_code == status
    assert len(signed_in.client.get(URL).json()["backtests"]) == (status == 201)


@pytest.mark.parametrize(("timeframe", "start"), [("1Day", "1600-01-01"), ("1Min", "2022-01-01")])
def test_run_over_too_long_a_stretch_asks_for_no_bars(
    signed_in: Person, alpaca: AlpacaStandIn, timeframe: str, start: str
) -> None:
    """A stretch that must hold more bars than a run may take is 409 at once: nobody waits while they are fetched."""
    answer = _run(signed_in, timeframe=timeframe, start=start, end="2024-01-01")

    assert answer.status_code == 409
    assert "periods" in answer.json()["detail"]
    assert alpaca.calls == []


def test_run_that_outgrows_its_column_is_a_conflict(signed_in: Person, diglot: Diglot) -> None:
    """An account that would need more than 12 digits is 409, and not a failure."""
    _store(diglot, ("0.000001", "0.000001"), ("0.000001", "0.000002"), ("0.000001", "100"), ("100", "100"))

    answer = _run(signed_in, starting_cash="999999999999.999999", fast=1, slow=2)

    assert answer.status_code == 409
    assert "12 digits" in answer.json()["detail"]


@pytest.mark.parametrize(("script", "status"), [([500], 502), ([400], 400), ([429] * 4, 503)], ids=str)
def test_run_says_whose_fault_it_is(signed_in: Person, alpaca: AlpacaStandIn, script: list[int], status: int) -> None:
    """When bars cannot be fetched nothing is run: 502, 400 for a refused question, 503 when the API stays busy."""
    alpaca.reset_after_s = 0
    alpaca.script = list(script)

    answer = _run(signed_in, symbol="AAPL")

    assert answer.status_code == status
    assert signed_in.client.get(URL).json()["backtests"] == []


def test_list_pages_from_the_newest_on_and_asks_as_often_for_many(
    signed_in: Person, diglot: Diglot, clock: ManualClock
) -> None:
    """The pages together are the whole, the newest first; statements do not grow with the rows."""
    _store(diglot, *BY_HAND)
    ids = []
    for _ in range(3):
        ids.append(_run(signed_in).json()["id"])
        clock.advance(seconds=1)
    diglot.statements.clear()

    first = signed_in.client.get(URL, params={"limit": 1}).json()
    few = len(diglot.statements)
    diglot.statements.clear()
    token = first["next_page_token"]
    rest = signed_in.client.get(URL, params={"limit": 500, "page_token": token}).json()

    assert [one["id"] for one in (*first["backtests"], *rest["backtests"])] == ids[::-1]
    assert rest["next_page_token"] is None
    assert "trades" not in first["backtests"][0]
    assert len(diglot.statements) == few


def test_trades_are_paged_and_asked_for_as_often_for_many(signed_in: Person, diglot: Diglot) -> None:
    """The pages of trades together are the whole, in order; statements do not grow with the rows."""
    _store(diglot, *[(str(price), str(price)) for price in (10, 11) * 20])
    run = _run(signed_in, end="2024-03-01", fast=1, slow=2).json()
    url = f"{URL}/{run['id']}/trades"
    whole = signed_in.client.get(url).json()["trades"]
    diglot.statements.clear()

    first = signed_in.client.get(url, params={"limit": 1}).json()
    few = len(diglot.statements)
    diglot.statements.clear()
    rest = signed_in.client.get(url, params={"limit": 500, "page_token": first["next_page_token"]}).json()

    assert len(whole) == run["trades"] == 38
    assert first["trades"] + rest["trades"] == whole
    assert [one["side"] for one in whole] == ["buy", "sell"] * 19
    assert rest["next_page_token"] is None
    assert len(diglot.statements) == few


def test_run_takes_as_many_statements_for_many_trades_as_for_few(signed_in: Person, diglot: Diglot) -> None:
    """Trades are stored in bulk."""
    _store(diglot, *[(str(price), str(price)) for price in (10, 11) * 40])
    diglot.statements.clear()
    few = _run(signed_in, end="2024-01-05", fast=1, slow=2).json()["trades"]
    asked = len(diglot.statements)
    diglot.statements.clear()

    many = _run(signed_in, end="2024-03-30", fast=1, slow=2).json()["trades"]

    assert (few, many) == (4, 78)
    assert len(diglot.statements) == asked


def test_delete_removes_a_run_and_is_logged(signed_in: Person, diglot: Diglot) -> None:
    """A run is gone after it was removed, with its trades; running and removing are in the log."""
    _store(diglot, *BY_HAND)
    run_id = _run(signed_in).json()["id"]

    gone = signed_in.client.delete(f"{URL}/{run_id}")
    again = signed_in.client.delete(f"{URL}/{run_id}")

    assert (gone.status_code, gone.content, again.status_code) == (204, b"", 404)
    assert signed_in.client.get(f"{URL}/{run_id}").status_code == 404
    with diglot.connect() as connection:
        user = UserRepository(connection).find_by_email(signed_in.email)
        assert user is not None
        lines = AuditRepository(connection).of_user(user.id)
    assert [(one.event, one.detail) for one in lines][-2:] == [
        ("backtest_run", {"backtest": run_id}),
        ("backtest_deleted", {"backtest": run_id}),
    ]


def test_run_of_another_user_does_not_exist(signed_in: Person, other: Person, diglot: Diglot) -> None:
    """Another user's run is 404, to read and to remove, as if it did not exist; and it is not in the list."""
    _store(diglot, *BY_HAND)
    run_id = _run(signed_in).json()["id"]
    foreign, unknown = f"{URL}/{run_id}", f"{URL}/{uuid4()}"

    answers = [
        other.client.request(method, url + path)
        for url in (foreign, unknown)
        for method, path in (("GET", ""), ("GET", "/trades"), ("DELETE", ""))
    ]

    assert [one.status_code for one in answers] == [404] * 6
    assert [one.json()["detail"] for one in answers[:3]] == [one.json()["detail"] for one in answers[3:]]
    assert other.client.get(URL).json()["backtests"] == []
    assert signed_in.client.get(foreign).status_code == 200


def test_token_is_refused_to_another_user_and_for_another_list(
    signed_in: Person, other: Person, diglot: Diglot, clock: ManualClock
) -> None:
    """A page token is good for the list that gave it out, and for its user."""
    _store(diglot, *BY_HAND)
    run_id = _run(signed_in).json()["id"]
    clock.advance(seconds=1)
    _run(signed_in)
    of_runs = signed_in.client.get(URL, params={"limit": 1}).json()["next_page_token"]
    of_trades = signed_in.client.get(f"{URL}/{run_id}/trades", params={"limit": 1}).json()["next_page_token"]

    answers = [
        other.client.get(URL, params={"page_token": of_runs}),
        signed_in.client.get(URL, params={"page_token": of_trades}),
        signed_in.client.get(f"{URL}/{run_id}/trades", params={"page_token": of_runs}),
        signed_in.client.get(f"{URL}/{run_id}/trades", params={"page_token": of_trades}),
    ]

    assert [one.status_code for one in answers] == [400, 400, 400, 200]


@pytest.mark.parametrize(
    "wrong",
    [
        {"symbol": "A1"},
        {"timeframe": "2Day"},
        {"start": "2024-01-01T00:00:00"},
        {"start": 1704067200},
        {"end": "2023-12-31"},
        {"starting_cash": 1000},
        {"starting_cash": "0"},
        {"starting_cash": "-1"},
        {"starting_cash": "1000000000000"},
        {"starting_cash": "0.0000001"},
        {"fast": 0},
        {"fast": "2"},
        {"fast": True},
        {"fast": 3},
        {"fast": 2.5},
        {"slow": 1001},
        {"slow": 2},
        {"extra": 1},
    ],
    ids=str,
)
def test_run_that_does_not_fit_is_refused(signed_in: Person, wrong: dict[str, object]) -> None:
    """A body that does not fit is 422, and nothing is run."""
    assert _run(signed_in, **wrong).status_code == 422


@pytest.mark.parametrize(
    ("content", "status"), [(b"{", 400), (b"[]", 422), (b" " * 300_000, 413)], ids=["no JSON", "a list", "too large"]
)
def test_body_that_is_none_is_refused(signed_in: Person, content: bytes, status: int) -> None:
    """What cannot be read as the route's body has the status that says why; what is not said to be JSON is 415."""
    said = {"Content-Type": "application/json"}

    answer = signed_in.client.post(URL, content=content, headers=said)
    unsaid = signed_in.client.post(URL, content=b"{}", headers={"Content-Type": "text/plain"})

    assert (answer.status_code, unsaid.status_code) == (status, 415)


@pytest.mark.parametrize("path", ["", "/00000000-0000-0000-0000-000000000000/trades"], ids=["runs", "trades"])
@pytest.mark.parametrize(
    ("query", "status"),
    [({"page_token": "AAAA"}, 400), ({"limit": "0"}, 422), ({"limit": "501"}, 422), ({"x": "1"}, 422)],
    ids=str,
)
def test_lists_refuse_a_question_that_makes_no_sense(
    signed_in: Person, path: str, query: dict[str, str], status: int
) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    assert signed_in.client.get(URL + path, params=query).status_code == status


def test_routes_are_closed_to_strangers(person: Person) -> None:
    """Who is not signed in runs, reads and removes nothing."""
    one = f"{URL}/{uuid4()}"

    answers = [
        _run(person),
        person.client.get(URL),
        person.client.get(one),
        person.client.get(f"{one}/trades"),
        person.client.delete(one),
    ]

    assert [answer.status_code for answer in answers] == [401] * 5
