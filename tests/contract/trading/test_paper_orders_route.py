"""Placing orders: what is filled at once, what waits, what is refused, and what is asked twice."""

import pytest

from diglot.isolation.facade import Diglot
from tests.contract.conftest import Person
from tests.contract.trading.conftest import NOBODY, ORDERS, Desk
from tests.standins.alpaca import UNKNOWN_SYMBOL


def test_market_order_is_filled_at_the_ask(desk: Desk) -> None:
    """A market order to buy is filled at once, whole, at the ask, and paid from the cash."""
    answer = desk.place()

    found = answer.json()
    (fill,) = found["fills"]
    at = desk.clock().isoformat().replace("+00:00", "Z")
    assert answer.status_code == 201
    assert found == {
        "id": found["id"],
        "account_id": desk.account_id,
        "client_order_id": "a-1",
        "symbol": "AAPL",
        "side": "buy",
        "kind": "market",
        "status": "filled",
        "quantity": "10.000000",
        "filled_quantity": "10.000000",
        "limit_price": None,
        "stop_price": None,
        "replaces_id": None,
        "reject_reason": None,
        "created_at": at,
        "updated_at": at,
        "fills": [fill],
    }
    assert fill == {
        "id": fill["id"],
        "order_id": found["id"],
        "quantity": "10.000000",
        "price": "100.000000",
        "amount": "1000.000000",
        "filled_at": at,
    }
    assert desk.order(found) == found
    assert desk.cash() == "9000.000000"


def test_market_order_to_sell_is_filled_at_the_bid(desk: Desk) -> None:
    """What is sold at once brings in the bid."""
    desk.place()

    answer = desk.place("a-2", side="sell", quantity="4")

    assert answer.json()["fills"][0]["price"] == "99.000000"
    assert desk.cash() == "9396.000000"


@pytest.mark.parametrize(
    ("order", "price"),
    [
        ({"side": "buy", "kind": "limit", "limit_price": "100"}, "100.000000"),
        ({"side": "buy", "kind": "limit", "limit_price": "150"}, "100.000000"),
        ({"side": "buy", "kind": "limit", "limit_price": "99.999999"}, None),
        ({"side": "buy", "kind": "stop", "stop_price": "100"}, "100.000000"),
        ({"side": "buy", "kind": "stop", "stop_price": "50"}, "100.000000"),
        ({"side": "buy", "kind": "stop", "stop_price": "100.000001"}, None),
        ({"side": "sell", "kind": "limit", "limit_price": "99"}, "99.000000"),
        ({"side": "sell", "kind": "limit", "limit_price": "50"}, "99.000000"),
        ({"side": "sell", "kind": "limit", "limit_price": "99.000001"}, None),
        ({"side": "sell", "kind": "stop", "stop_price": "99"}, "99.000000"),
        ({"side": "sell", "kind": "stop", "stop_price": "150"}, "99.000000"),
        ({"side": "sell", "kind": "stop", "stop_price": "98.999999"}, None),
    ],
    ids=str,
)
def test_limit_and_stop_are_filled_when_they_are_reached(
    desk: Desk, order: dict[str, object], price: str | None
) -> None:
    """A limit is reached by its price or a better one, a stop by its price or a worse one; else the order is open."""
    desk.place("held", quantity="20")

    found = desk.place("a-2", quantity="5", **order).json()

    assert [one["price"] for one in found["fills"]] == [price] * (price is not None)
    assert found["status"] == ("open" if price is None else "filled")


def test_order_without_a_quote_waits_unless_it_is_at_market(desk: Desk) -> None:
    """Of a symbol that nobody quotes a market order is refused, and a limit waits."""
    market = desk.place("a-1", symbol=UNKNOWN_SYMBOL)
    limit = desk.place("a-2", symbol=UNKNOWN_SYMBOL, kind="limit", limit_price="1")

    assert market.status_code == 409
    assert "nobody offers ZZZZ" in market.json()["detail"]
    assert (limit.status_code, limit.json()["status"]) == (201, "open")


@pytest.mark.parametrize(("side", "status"), [("buy", 409), ("sell", 201)])
def test_order_at_a_price_of_nothing_is_not_filled(desk: Desk, side: str, status: int) -> None:
    """An ask of 0 means that nobody sells: who buys is refused, who sells is not concerned."""
    desk.place("held")
    desk.quote(99, 0)

    answer = desk.place("a-2", side=side)

    assert answer.status_code == status


def test_symbol_that_the_market_refuses_is_a_conflict(desk: Desk) -> None:
    """A symbol with which the market data API finds fault is no error of the server, and nothing is stored."""
    desk.alpaca.script = [400]

    answer = desk.place(symbol="A..B")

    assert answer.status_code == 409
    assert "no market for A..B" in answer.json()["detail"]
    assert desk.get("/orders")["orders"] == []


def test_market_that_fails_is_passed_on(desk: Desk) -> None:
    """Without an answer of the market data API nothing is placed: 502, and the same order can be placed later."""
    desk.alpaca.script = [500]

    failed = desk.place(symbol="MSFT")
    placed = desk.place(symbol="MSFT")

    assert (failed.status_code, placed.status_code) == (502, 201)


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ({"quantity": "90.000001"}, "more than the account's cash"),
        ({"kind": "limit", "limit_price": "200", "quantity": "101"}, "more than the account's cash"),
        ({"side": "sell", "quantity": "10.000001"}, "more than the position holds"),
        ({"side": "sell", "symbol": "MSFT"}, "more than the position holds"),
        ({"quantity": "999999999999.999999"}, "more than the account's cash"),
    ],
    ids=str,
)
def test_order_that_cannot_be_paid_or_delivered_is_refused(desk: Desk, order: dict[str, object], reason: str) -> None:
    """No cash below nothing, no short sale: what would be filled and cannot be is 409, and nothing is stored."""
    desk.place("held", quantity="10")

    answer = desk.place("a-2", **order)

    assert answer.status_code == 409
    assert reason in answer.json()["detail"]
    assert len(desk.get("/orders")["orders"]) == 1
    assert desk.cash() == "9000.000000"


def test_all_of_the_cash_can_be_spent(desk: Desk) -> None:
    """An order that costs exactly what there is leaves nothing, and all of it can be sold."""
    bought = desk.place(quantity="100")
    cash = desk.cash()
    sold = desk.place("a-2", side="sell", quantity="100")

    assert (bought.status_code, cash) == (201, "0.000000")
    assert (sold.status_code, desk.cash()) == (201, "9900.000000")


def test_dust_is_not_given_away(desk: Desk) -> None:
    """A buy that would cost less than half of the smallest amount is refused: it would be free."""
    desk.quote(0.4, 0.4)

    answer = desk.place(quantity="0.000001")

    assert answer.status_code == 409
    assert "smallest amount" in answer.json()["detail"]


def test_figure_beyond_the_column_is_a_conflict(desk: Desk) -> None:
    """A sale that would bring the cash beyond what a column holds is 409, never an error of the server."""
    desk.quote(0.01, 0.01)
    desk.place(quantity="999999")
    desk.quote(999999, 1000000)

    sold = desk.place("a-2", side="sell", quantity="999999")
    more = desk.place("a-3", symbol="MSFT", quantity="0.000001", kind="limit", limit_price="1")

    assert (sold.status_code, more.status_code) == (201, 201)
    assert desk.cash() == "999998000001.010000"
    desk.quote(1, 0.01)
    desk.place("a-4", quantity="999999")
    desk.quote(999999, 1000000)
    refused = desk.place("a-5", side="sell", quantity="999999")
    assert refused.status_code == 409
    assert "larger than 999999999999.999999" in refused.json()["detail"]


def test_order_placed_again_is_the_stored_one(desk: Desk) -> None:
    """The same order again, however its numbers are written, is 200 with what was stored; the market is not asked."""
    first = desk.place()
    desk.quote(1, 2)
    asked = len(desk.alpaca.calls)

    again = desk.place(quantity="10.000", symbol="aapl")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(desk.alpaca.calls) == asked
    assert desk.cash() == "9000.000000"


@pytest.mark.parametrize(
    "other", [{"quantity": "11"}, {"side": "sell"}, {"symbol": "MSFT"}, {"kind": "limit", "limit_price": "1"}], ids=str
)
def test_client_order_id_of_another_order_is_refused(desk: Desk, other: dict[str, object]) -> None:
    """A client order id stands for one order: with another content it is 409, and nothing changes."""
    desk.place()

    answer = desk.place(**other)

    assert answer.status_code == 409
    assert "'a-1' stands for another order" in answer.json()["detail"]
    assert len(desk.get("/orders")["orders"]) == 1


def test_client_order_id_is_for_one_account(desk: Desk) -> None:
    """Another account may use the same client order id."""
    desk.place()
    opened = desk.person.client.post("/api/trading/accounts", json={"name": "B", "starting_cash": "5000"}).json()

    desk.account_id = opened["id"]
    answer = desk.place()

    assert answer.status_code == 201


def test_open_orders_are_a_hundred_at_most(desk: Desk) -> None:
    """The hundred and first open order is refused; one that is filled at once is not."""
    placed = [desk.place(f"a-{number}", kind="limit", limit_price="1").status_code for number in range(100)]

    refused = desk.place("one-more", kind="limit", limit_price="1")
    filled = desk.place("at-once")

    assert placed == [201] * 100
    assert (refused.status_code, filled.status_code) == (409, 201)
    assert "100 open orders" in refused.json()["detail"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_order_id": ""},
        {"client_order_id": "a b"},
        {"client_order_id": "x" * 65},
        {"symbol": "AAPL1"},
        {"side": "hold"},
        {"kind": "market", "limit_price": "1"},
        {"kind": "market", "limit_price": None},
        {"kind": "limit"},
        {"kind": "limit", "limit_price": "1", "stop_price": "1"},
        {"kind": "limit", "limit_price": None},
        {"kind": "stop", "limit_price": "1"},
        {"kind": "stop", "stop_price": "0"},
        {"kind": "rumour"},
        {"kind": []},
        {"quantity": "0"},
        {"quantity": 10},
        {"quantity": "1.0000001"},
        {"quantity": "1000000000000"},
        {"extra": 1},
    ],
    ids=str,
)
def test_order_that_does_not_fit_is_refused(desk: Desk, wrong: dict[str, object]) -> None:
    """A body that does not fit its kind is 422, and nothing is stored."""
    answer = desk.place(**wrong)

    assert answer.status_code == 422
    assert answer.json()["errors"]["json"]
    assert desk.get("/orders")["orders"] == []


def test_kinds_are_described_as_alternatives(desk: Desk) -> None:
    """The description has one schema for each kind, which says what price it needs."""
    schemas = desk.person.client.get("/api/openapi.json").json()["components"]["schemas"]

    kinds = [schemas[one["$ref"].rpartition("/")[2]] for one in schemas["OrderIn"]["oneOf"]]

    needed = {one["properties"]["kind"]["const"]: set(one["required"]) for one in kinds}
    plain = {"client_order_id", "symbol", "side", "quantity", "kind"}
    assert needed == {"market": plain, "limit": {*plain, "limit_price"}, "stop": {*plain, "stop_price"}}


def test_orders_are_listed_newest_first_in_pages(desk: Desk) -> None:
    """The newest order comes first, and the pages together are the whole."""
    placed = [desk.place(f"a-{number}", quantity="1").json() for number in range(3)]

    first = desk.get("/orders", limit=2)
    second = desk.get("/orders", limit=2, page_token=first["next_page_token"])

    listed = [*first["orders"], *second["orders"]]
    assert [one["client_order_id"] for one in listed] == ["a-2", "a-1", "a-0"]
    assert listed[0] == {name: value for name, value in placed[2].items() if name != "fills"}
    assert (len(first["orders"]), second["next_page_token"]) == (2, None)


def test_orders_are_listed_by_status_and_symbol(desk: Desk) -> None:
    """Asked for one status or one symbol the list holds that alone."""
    desk.place("a-1")
    desk.place("a-2", kind="limit", limit_price="1")
    desk.place("a-3", kind="limit", limit_price="1", symbol="MSFT")

    found = [desk.get("/orders", **query)["orders"] for query in ({"status": "open"}, {"symbol": "aapl"})]
    both = desk.get("/orders", status="open", symbol="MSFT")["orders"]

    assert [{one["client_order_id"] for one in page} for page in found] == [{"a-2", "a-3"}, {"a-1", "a-2"}]
    assert [one["client_order_id"] for one in both] == ["a-3"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page_token": "AAAA"}, 400),
        ({"limit": "0"}, 422),
        ({"limit": "501"}, 422),
        ({"status": "lost"}, 422),
        ({"symbol": "A B"}, 422),
        ({"unknown": "1"}, 422),
    ],
    ids=str,
)
def test_question_that_makes_no_sense_is_refused(desk: Desk, query: dict[str, str], status: int) -> None:
    """A made-up token is 400, what does not fit the schema 422."""
    answer = desk.person.client.get(f"/api/trading/accounts/{desk.account_id}/orders", params=query)

    assert answer.status_code == status


def test_token_of_one_list_is_refused_for_another(desk: Desk) -> None:
    """A page token goes on with the list that gave it out, and with no other filter."""
    placed = [desk.place(f"a-{number}", quantity="1").status_code for number in range(2)]
    token = desk.get("/orders", limit=1)["next_page_token"]

    answer = desk.person.client.get(
        f"/api/trading/accounts/{desk.account_id}/orders", params={"status": "filled", "page_token": token}
    )

    assert placed == [201, 201]
    assert answer.status_code == 400


@pytest.mark.parametrize("is_there", [True, False], ids=["somebody else's", "nobody's"])
def test_order_of_another_does_not_exist(desk: Desk, other: Person, is_there: bool) -> None:
    """Somebody else's order is 404 for whatever is done with it, in the words for one that there is not."""
    placed = desk.place(kind="limit", limit_price="1").json()
    url = f"{ORDERS}/{placed['id'] if is_there else NOBODY}"

    answers = [
        other.client.get(url),
        other.client.patch(url, json={"client_order_id": "b-1"}),
        other.client.post(f"{url}/cancel"),
    ]

    assert [(one.status_code, one.json()["detail"]) for one in answers] == [(404, "there is no such order")] * 3
    assert desk.order(placed) == placed


def test_orders_are_listed_in_as_many_statements_however_many(desk: Desk, diglot: Diglot) -> None:
    """The list costs as many statements for a dozen orders as for one."""
    desk.place("first")
    diglot.statements.clear()
    desk.get("/orders")
    few = len(diglot.statements)
    placed = [desk.place(f"a-{number}", quantity="1").status_code for number in range(11)]
    diglot.statements.clear()

    desk.get("/orders")

    assert placed == [201] * 11
    assert len(diglot.statements) == few <= 3
