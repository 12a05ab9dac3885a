"""Positions and fills, and whether the money is all there."""

import random
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

from diglot.isolation.facade import Diglot
from tests.contract.trading.conftest import ACCOUNTS, Desk

PLACE = Decimal("0.000001")


def test_position_has_its_average_cost_and_profit(desk: Desk) -> None:
    """Two buys have an average cost, a sale earns the difference to it and leaves it as it is."""
    desk.place("a-1", quantity="10")
    desk.quote(109, 110)
    desk.place("a-2", quantity="20")
    desk.quote(120, 121)
    desk.place("a-3", side="sell", quantity="15")

    (found,) = desk.get("/positions")["positions"]

    assert found == {
        "symbol": "AAPL",
        "quantity": "15.000000",
        "average_cost": "106.666667",
        "book_value": "1600.000005",
        "realised_profit": "200.000005",
        "updated_at": desk.clock().isoformat().replace("+00:00", "Z"),
    }


def test_closed_position_keeps_what_it_earned(desk: Desk) -> None:
    """A position that was closed has no cost any more and its exact profit, and goes on when it is opened again."""
    desk.quote(1, 1.000001)
    desk.place("a-1", quantity="3.333333")
    desk.quote(1, 1.1)
    desk.place("a-2", quantity="0.777777")
    desk.quote(1.5, 1.6)
    desk.place("a-3", side="sell", quantity="4.11111")
    (closed,) = desk.get("/positions")["positions"]

    desk.place("a-4", quantity="1")

    (opened,) = desk.get("/positions")["positions"]
    earned = Decimal(desk.get()["cash"]) - 10000 + Decimal("1.6")
    assert (closed["quantity"], closed["average_cost"]) == ("0.000000", "0.000000")
    assert Decimal(closed["realised_profit"]) == earned == Decimal("1.977774")
    assert (opened["average_cost"], opened["realised_profit"]) == ("1.600000", closed["realised_profit"])


def test_positions_are_listed_by_symbol_in_pages(desk: Desk) -> None:
    """Positions are in order of the symbol, byte by byte, and the pages together are the whole."""
    symbols = ["B", "BRKA", "BRK.B", "A"]
    placed = [desk.place(f"a-{one}", symbol=one, quantity="1").status_code for one in symbols]

    first = desk.get("/positions", limit=3)
    second = desk.get("/positions", limit=3, page_token=first["next_page_token"])

    assert placed == [201] * 4
    assert [one["symbol"] for one in [*first["positions"], *second["positions"]]] == ["A", "B", "BRK.B", "BRKA"]
    assert (len(first["positions"]), second["next_page_token"]) == (3, None)


def test_fills_are_listed_newest_first_in_pages(desk: Desk) -> None:
    """The newest fill comes first, with what its order says, and the pages together are the whole."""
    placed = [desk.place(f"a-{number}", quantity="1").json() for number in range(3)]

    first = desk.get("/fills", limit=2)
    second = desk.get("/fills", limit=2, page_token=first["next_page_token"])

    listed = [*first["fills"], *second["fills"]]
    assert [one["order_id"] for one in listed] == [one["id"] for one in placed[::-1]]
    assert listed[0] == {**placed[2]["fills"][0], "symbol": "AAPL", "side": "buy"}
    assert (len(first["fills"]), second["next_page_token"]) == (2, None)


@pytest.mark.parametrize("path", ["/positions", "/fills"])
@pytest.mark.parametrize(
    ("query", "status"), [({"page_token": "AAAA"}, 400), ({"limit": "0"}, 422), ({"unknown": "1"}, 422)], ids=str
)
def test_question_that_makes_no_sense_is_refused(desk: Desk, path: str, query: dict[str, str], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    answer = desk.person.client.get(f"{ACCOUNTS}/{desk.account_id}{path}", params=query)

    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/positions", "/fills"])
def test_holdings_are_read_in_as_many_statements_however_many(desk: Desk, diglot: Diglot, path: str) -> None:
    """A list costs as many statements for a dozen rows as for one."""
    desk.place("first")
    diglot.statements.clear()
    desk.get(path)
    few = len(diglot.statements)
    placed = [desk.place(f"a-{one}", symbol=one, quantity="1").status_code for one in "BCDEFGHIJKL"]
    diglot.statements.clear()

    desk.get(path)

    assert placed == [201] * 11
    assert len(diglot.statements) == few <= 3


@pytest.mark.parametrize("seed", [1, 2])
def test_long_history_loses_no_millionth(desk: Desk, seed: int) -> None:
    """After many made-up trades of odd numbers, cash, fills, costs and profits agree to the last place.

    The cash is what it was less what each fill moved, computed here from the fills alone; and cash and book values
    are the starting cash and the realised profits.
    """
    chance = random.Random(seed)  # noqa: S311 - a history to be told again

    def act(number: int) -> int:
        symbol = chance.choice(["AAPL", "MSFT", "BRK.B"])
        bid = chance.randint(1, 400_000_000) / 1_000_000
        desk.quote(bid, bid + chance.randint(0, 999) / 1_000_000, symbol)
        quantity = f"{chance.randint(1, 20_000_000) / 1_000_000:.6f}"
        return desk.place(
            f"a-{number}", symbol=symbol, side=chance.choice(["buy", "sell"]), quantity=quantity
        ).status_code

    codes = [act(number) for number in range(80)]

    fills = desk.get("/fills", limit=500)["fills"]
    positions = desk.get("/positions")["positions"]
    assert codes.count(201) == len(fills) >= 30
    assert set(codes) == {201, 409}
    assert Decimal(desk.cash()) == 10000 - sum(map(_flow, fills))
    assert Decimal(desk.cash()) + _sum(positions, "book_value") == 10000 + _sum(positions, "realised_profit")
    assert {one["symbol"]: one["quantity"] for one in positions} == {
        symbol: f"{sum(_shares(one) for one in fills if one['symbol'] == symbol):.6f}"
        for symbol in {one["symbol"] for one in fills}
    }


def _flow(fill: dict[str, Any]) -> Decimal:
    """Return what a fill took from the cash."""
    amount = (Decimal(fill["quantity"]) * Decimal(fill["price"])).quantize(PLACE, ROUND_HALF_EVEN)
    return amount if fill["side"] == "buy" else -amount


def _shares(fill: dict[str, Any]) -> Decimal:
    return Decimal(fill["quantity"]) if fill["side"] == "buy" else -Decimal(fill["quantity"])


def _sum(rows: list[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(one[name]) for one in rows), Decimal(0))
