"""The routes under `/api/market-data/quotes`: from what is stored while it is fresh, else from the API."""

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import event

from backend_v2.config import AlpacaConfig
from backend_v2.db.database import Database
from backend_v2.errors import UpstreamBusy
from backend_v2.http.outgoing import Response, WsgiTransport
from backend_v2.market_data.alpaca import AlpacaClient
from backend_v2.market_data.quote_service import QuoteService
from diglot.isolation.facade import Diglot
from tests.contract.conftest import ManualClock, Person
from tests.standins.alpaca import UNKNOWN_SYMBOL, AlpacaStandIn
from tests.standins.alpaca.application import StartResponse

URL = "/api/market-data/quotes"


def _get(person: Person, symbols: str = "AAPL") -> Response:
    return person.client.get(URL, params={"symbols": symbols})


def test_route_gives_quotes_in_order_and_says_who_has_none(signed_in: Person, alpaca: AlpacaStandIn) -> None:
    """Each symbol comes once, in order, prices with six places; one that the API does not know is named."""
    alpaca.quotes = {"AAPL": (187.15, 187.1625), "BRK.B": (0.0, 400.0)}

    answer = _get(signed_in, f"brk.b,AAPL,{UNKNOWN_SYMBOL},aapl")

    assert answer.status_code == 200
    quotes = answer.json()["quotes"]
    assert [(one["symbol"], one["bid"], one["ask"]) for one in quotes] == [
        ("AAPL", "187.150000", "187.162500"),
        ("BRK.B", "0.000000", "400.000000"),
    ]
    assert quotes[0]["quoted_at"] == "2024-06-03T12:00:00.123456Z"
    assert answer.json()["without_quote"] == [UNKNOWN_SYMBOL]
    assert alpaca.calls == [{"symbols": f"AAPL,BRK.B,{UNKNOWN_SYMBOL}", "feed": "iex"}]


def test_route_of_one_symbol_is_the_same_quote(signed_in: Person) -> None:
    """One symbol, in any case, has the quote that the list has."""
    listed = _get(signed_in).json()["quotes"]

    answer = signed_in.client.get(f"{URL}/aapl")

    assert answer.status_code == 200
    assert [answer.json()] == listed


@pytest.mark.parametrize("symbol", [UNKNOWN_SYMBOL, "1", "A-B", "A,B", "ABCDEFGHIJKLMNOPQ"])
def test_route_of_what_has_no_quote_is_not_found(signed_in: Person, symbol: str) -> None:
    """A symbol without a quote is 404, and what is no symbol as well."""
    assert signed_in.client.get(f"{URL}/{symbol}").status_code == 404


@pytest.mark.parametrize(("seconds", "calls"), [(5, 1), (5.000001, 2)], ids=["fresh", "stale"])
def test_route_asks_again_only_for_what_is_stale(
    signed_in: Person, alpaca: AlpacaStandIn, clock: ManualClock, seconds: float, calls: int
) -> None:
    """A quote of five seconds ago is served as it is; an older one is asked for again."""
    alpaca.quotes["AAPL"] = (1.0, 2.0)
    _get(signed_in)
    alpaca.quotes["AAPL"] = (3.0, 4.0)
    clock.advance(seconds=seconds)

    answer = _get(signed_in)

    assert len(alpaca.calls) == calls
    assert answer.json()["quotes"][0]["bid"] == {1: "1.000000", 2: "3.000000"}[calls]


def test_route_asks_only_for_the_stale_of_several(
    signed_in: Person, alpaca: AlpacaStandIn, clock: ManualClock
) -> None:
    """Of several symbols only those are asked for that are not stored, or not fresh."""
    _get(signed_in, "AAPL")
    clock.advance(seconds=4)
    _get(signed_in, "MSFT")
    clock.advance(seconds=4)

    answer = _get(signed_in, "MSFT,AAPL,TSLA")

    assert [call["symbols"] for call in alpaca.calls] == ["AAPL", "MSFT", "AAPL,TSLA"]
    assert [one["symbol"] for one in answer.json()["quotes"]] == ["AAPL", "MSFT", "TSLA"]


@pytest.mark.parametrize(("seconds", "status"), [(60, 200), (60.000001, 502)], ids=["usable", "too old"])
def test_stored_quote_stands_in_for_a_minute(
    signed_in: Person, alpaca: AlpacaStandIn, clock: ManualClock, seconds: float, status: int
) -> None:
    """While the API fails a quote of up to a minute ago is served; then the failure is."""
    first = _get(signed_in)
    alpaca.script = [500]
    clock.advance(seconds=seconds)

    answer = _get(signed_in)

    assert answer.status_code == status
    assert (answer.json() == first.json()) is (status == 200)


def test_stored_quotes_stand_in_for_all_or_for_none(
    signed_in: Person, alpaca: AlpacaStandIn, clock: ManualClock
) -> None:
    """When one of the symbols has nothing to stand in, the failure is told, and not a part of the answer."""
    _get(signed_in)
    alpaca.script = [500]
    clock.advance(seconds=30)

    assert _get(signed_in, "AAPL,MSFT").status_code == 502


@pytest.mark.parametrize(("script", "status"), [([500], 502), ([401], 502), ([400], 400), ([429] * 4, 503)], ids=str)
@pytest.mark.parametrize("path", ["?symbols=AAPL", "/AAPL"])
def test_route_says_whose_fault_it_is(
    signed_in: Person, alpaca: AlpacaStandIn, path: str, script: list[int], status: int
) -> None:
    """A failure is 502, a refused question 400, and 429 that stays is 503 with a time."""
    alpaca.reset_after_s = 0
    alpaca.script = list(script)

    answer = signed_in.client.get(URL + path)

    assert answer.status_code == status
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_older_quote_changes_nothing(signed_in: Person, alpaca: AlpacaStandIn, clock: ManualClock) -> None:
    """When the API answers an older quote than the stored one, the stored one is served."""
    alpaca.quotes["AAPL"] = (1.0, 2.0)
    _get(signed_in)
    alpaca.quotes["AAPL"] = (3.0, 4.0)
    long_ago = clock().replace(year=2023)
    alpaca.now = lambda: long_ago
    clock.advance(seconds=6)

    assert _get(signed_in).json()["quotes"][0]["bid"] == "1.000000"


def test_quote_from_the_future_is_refused_and_not_kept(
    signed_in: Person, alpaca: AlpacaStandIn, clock: ManualClock
) -> None:
    """A quote of next year would be the newest for a year: it is 502, and the next true one is served."""
    next_year = clock().replace(year=2025)
    alpaca.now = lambda: next_year
    wrong = _get(signed_in)
    alpaca.now = clock

    right = _get(signed_in)

    assert wrong.status_code == 502
    assert right.json()["quotes"][0]["quoted_at"].startswith("2024-06-03")


def test_hundred_symbols_take_as_many_statements_as_one(signed_in: Person, diglot: Diglot) -> None:
    """A hundred symbols are asked for at once, and stored and read at once; a hundred and one are refused."""
    names = [f"X{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ"]
    diglot.statements.clear()
    _get(signed_in)
    few = len(diglot.statements)
    diglot.statements.clear()

    answer = _get(signed_in, ",".join(names))

    assert len(answer.json()["quotes"]) == 100
    assert len(diglot.statements) == few
    assert _get(signed_in, ",".join([*names, "A"])).status_code == 422


@pytest.mark.parametrize(
    "query",
    [{}, {"symbols": ""}, {"symbols": "A,"}, {"symbols": "A B"}, {"symbols": "A1"}, {"symbols": "A", "x": "1"}],
    ids=str,
)
def test_route_refuses_what_does_not_fit(signed_in: Person, query: dict[str, str]) -> None:
    """Symbols have to be named, with commas between, and nothing else."""
    assert signed_in.client.get(URL, params=query).status_code == 422


def test_routes_are_closed_to_strangers(person: Person, alpaca: AlpacaStandIn) -> None:
    """Who is not signed in gets no quotes, and nobody is asked for them."""
    answers = [_get(person), person.client.get(f"{URL}/AAPL")]

    assert [one.status_code for one in answers] == [401, 401]
    assert alpaca.calls == []


def test_service_holds_no_connection_while_it_asks(diglot: Diglot, alpaca: AlpacaStandIn, clock: ManualClock) -> None:
    """While the API is asked no connection is checked out, so that a slow API holds nobody up."""
    held: list[int] = []
    open_now: list[object] = []
    event.listen(diglot.engine, "begin", open_now.append)
    event.listen(diglot.engine, "commit", open_now.remove)
    client = AlpacaClient(
        AlpacaConfig(key_id="k", secret_key="s"), transport=WsgiTransport(app=_noting(alpaca, held, open_now))
    )

    found = QuoteService(Database(diglot.engine), client, clock).latest(["AAPL"])

    assert found["AAPL"].bid > 0
    assert held == [0]


def _noting(alpaca: AlpacaStandIn, held: list[int], open_now: list[object]) -> Any:
    """Return the stand-in, with a note of how many transactions are open when it is asked."""

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        held.append(len(open_now))
        return alpaca(environ, start_response)

    return app


def test_service_raises_what_the_client_raises(diglot: Diglot, alpaca: AlpacaStandIn, clock: ManualClock) -> None:
    """Without anything stored the client's error comes through."""
    alpaca.script = [429]
    alpaca.reset_after_s = 3600
    client = AlpacaClient(AlpacaConfig(key_id="k", secret_key="s"), transport=WsgiTransport(app=alpaca))

    with pytest.raises(UpstreamBusy):
        QuoteService(Database(diglot.engine), client, clock).latest(["AAPL"])
