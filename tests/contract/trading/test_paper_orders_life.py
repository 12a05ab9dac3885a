"""What becomes of open orders: matched, cancelled, replaced."""

import pytest

from diglot.isolation.facade import Diglot
from tests.contract.trading.conftest import Desk


def _open(desk: Desk, client_order_id: str = "a-1", **fields: object) -> dict[str, object]:
    """Place an order to buy ten AAPL at 90, which waits."""
    found: dict[str, object] = desk.place(client_order_id, **{"kind": "limit", "limit_price": "90", **fields}).json()
    return found


# -- match -------------------------------------------------------------------------------------


def test_match_fills_what_is_reached(desk: Desk) -> None:
    """An open order whose price has come is filled at the quote, once; another one stays open."""
    reached, other = _open(desk), _open(desk, "a-2", limit_price="80")
    desk.quote(88, 89)

    first, second = desk.match(), desk.match()

    (fill,) = first.json()["fills"]
    assert first.status_code == 200
    assert first.json()["rejected"] == []
    assert (fill["order_id"], fill["symbol"], fill["side"]) == (reached["id"], "AAPL", "buy")
    assert (fill["price"], fill["amount"]) == ("89.000000", "890.000000")
    assert second.json() == {"fills": [], "rejected": []}
    assert [desk.order(one)["status"] for one in (reached, other)] == ["filled", "open"]
    assert desk.cash() == "9110.000000"


def test_match_of_nothing_does_not_ask_the_market(desk: Desk) -> None:
    """Without open orders nothing is asked, and nothing happens."""
    asked = len(desk.alpaca.calls)

    answer = desk.match()

    assert answer.json() == {"fills": [], "rejected": []}
    assert len(desk.alpaca.calls) == asked


def test_match_asks_once_for_all_symbols(desk: Desk) -> None:
    """However many symbols have open orders, the market data API is asked once."""
    placed = [_open(desk, f"a-{symbol}", symbol=symbol, limit_price="1") for symbol in ("AAPL", "MSFT", "IBM")]
    desk.clock.advance(seconds=6)
    asked = len(desk.alpaca.calls)

    desk.match()

    assert len(placed) == 3
    assert [one["symbols"] for one in desk.alpaca.calls[asked:]] == ["AAPL,IBM,MSFT"]


def test_match_rejects_what_cannot_be_paid(desk: Desk) -> None:
    """The oldest order comes first; one for which the cash does not suffice is rejected, with the reason."""
    first = _open(desk, quantity="100")
    second = _open(desk, "a-2", quantity="20")
    third = _open(desk, "a-3", quantity="10")
    desk.quote(88, 90)

    found = desk.match().json()

    assert [one["order_id"] for one in found["fills"]] == [first["id"], third["id"]]
    assert found["rejected"] == [{name: value for name, value in desk.order(second).items() if name != "fills"}]
    assert found["rejected"][0]["status"] == "rejected"
    assert found["rejected"][0]["reject_reason"] == "it costs more than the account's cash"
    assert desk.cash() == "100.000000"


def test_match_rejects_what_is_not_held(desk: Desk) -> None:
    """Of two stops over the same shares the older one sells them, and the other one is rejected: no short sale."""
    desk.place("held")
    stop = {"symbol": "AAPL", "side": "sell", "kind": "stop", "stop_price": "90", "quantity": "6"}
    first = desk.post("orders", {"client_order_id": "a-2", **stop}).json()
    second = desk.post("orders", {"client_order_id": "a-3", **stop}).json()
    desk.quote(89, 90)

    found = desk.match().json()

    assert [one["order_id"] for one in found["fills"]] == [first["id"]]
    assert [(one["id"], one["reject_reason"]) for one in found["rejected"]] == [
        (second["id"], "it sells more than the position holds")
    ]


def test_match_lets_a_sale_pay_for_a_buy(desk: Desk) -> None:
    """Each order finds what the ones before have left: the shares of a sale pay for the next buy."""
    desk.place("held", quantity="100")
    sale = {"symbol": "AAPL", "side": "sell", "kind": "stop", "stop_price": "90", "quantity": "100"}
    desk.post("orders", {"client_order_id": "a-1", **sale})
    _open(desk, "a-2", quantity="90")
    desk.quote(90, 90)

    found = desk.match().json()

    assert [one["side"] for one in found["fills"]] == ["sell", "buy"]
    assert desk.cash() == "900.000000"


@pytest.mark.parametrize("status", [500, 400], ids=["fails", "finds fault with the question"])
def test_match_without_an_answer_of_the_market_is_passed_on(desk: Desk, status: int) -> None:
    """When the market data API does not answer as it should the match is 502, and all orders stay open."""
    placed = _open(desk)
    desk.clock.advance(minutes=2)
    desk.alpaca.script = [status]

    answer = desk.match()

    assert answer.status_code == 502
    assert desk.order(placed)["status"] == "open"


def test_match_costs_as_many_statements_however_many(desk: Desk, diglot: Diglot) -> None:
    """A dozen orders that are filled, and one that is rejected, cost as many statements as two do."""

    def costs(name: str, count: int) -> int:
        desk.quote(98, 99)
        placed = [_open(desk, f"{name}-{number}", limit_price="50", quantity="1") for number in range(count)]
        dear = _open(desk, f"{name}-dear", limit_price="50", quantity="9999")
        desk.quote(48, 49)
        diglot.statements.clear()
        found = desk.match().json()
        assert len(found["fills"]) == len(placed)
        assert [one["id"] for one in found["rejected"]] == [dear["id"]]
        return len(diglot.statements)

    few, many = costs("few", 1), costs("many", 12)

    assert few == many <= 15


# -- cancel ------------------------------------------------------------------------------------


def test_cancelled_order_is_never_filled(desk: Desk) -> None:
    """An order that was cancelled stays so, whatever its price does."""
    placed = _open(desk)
    desk.clock.advance(seconds=1)

    answer = desk.cancel(placed)

    assert answer.status_code == 200
    assert answer.json() == {
        **placed,
        "status": "cancelled",
        "updated_at": desk.clock().isoformat().replace("+00:00", "Z"),
    }
    desk.quote(1, 2)
    assert desk.match().json()["fills"] == []
    assert desk.order(placed) == answer.json()


def test_order_that_is_not_open_cannot_be_cancelled(desk: Desk) -> None:
    """What was filled or cancelled is 409, and stays what it is."""
    filled, cancelled = desk.place("a-1").json(), _open(desk, "a-2")
    desk.cancel(cancelled)

    answers = [desk.cancel(filled), desk.cancel(cancelled)]

    assert [(one.status_code, one.json()["detail"]) for one in answers] == [
        (409, "the order is filled, not open"),
        (409, "the order is cancelled, not open"),
    ]


# -- replace -----------------------------------------------------------------------------------


def test_replaced_order_gives_its_place_to_a_new_one(desk: Desk) -> None:
    """The old order is replaced, the new one says whose place it took, and has what was not said from the old one."""
    old = _open(desk)
    desk.clock.advance(seconds=1)

    answer = desk.change(old, limit_price="80")

    new = answer.json()
    assert answer.status_code == 200
    assert new == {
        **old,
        "id": new["id"],
        "client_order_id": "b-1",
        "limit_price": "80.000000",
        "replaces_id": old["id"],
        "created_at": new["created_at"],
        "updated_at": new["created_at"],
    }
    assert desk.order(old) == {**old, "status": "replaced", "updated_at": new["created_at"]}
    assert [one["id"] for one in desk.get("/orders", status="open")["orders"]] == [new["id"]]


def test_replaced_stop_has_another_stop(desk: Desk) -> None:
    """A stop may get another price and another quantity."""
    stop = {"symbol": "AAPL", "side": "buy", "kind": "stop", "stop_price": "110", "quantity": "10"}
    old = desk.post("orders", {"client_order_id": "a-1", **stop}).json()

    new = desk.change(old, stop_price="120", quantity="5").json()

    assert (new["stop_price"], new["quantity"], new["limit_price"]) == ("120.000000", "5.000000", None)


def test_new_order_is_filled_when_it_is_reached(desk: Desk) -> None:
    """A new order that the quote reaches is filled at once."""
    old = _open(desk)

    new = desk.change(old, limit_price="100").json()

    assert (new["status"], new["fills"][0]["price"]) == ("filled", "100.000000")
    assert desk.order(old)["status"] == "replaced"


def test_order_replaced_again_alike_is_the_stored_one(desk: Desk) -> None:
    """The same replacement again is what was stored, and makes no third order."""
    old = _open(desk)
    first = desk.change(old, limit_price="80")

    again = desk.change(old, limit_price="80.0")

    assert (again.status_code, again.json()) == (200, first.json())
    assert len(desk.get("/orders")["orders"]) == 2


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"client_order_id": "a-1"}, "'a-1' stands for another order"),
        ({"client_order_id": "taken"}, "'taken' stands for another order"),
        ({"stop_price": "80"}, "a limit order has no stop price"),
        ({"limit_price": "100", "quantity": "101"}, "it costs more than the account's cash"),
    ],
    ids=str,
)
def test_replacement_that_cannot_be_leaves_the_old_order(desk: Desk, changes: dict[str, object], detail: str) -> None:
    """A taken id, a price of the wrong kind, or too little cash is 409, and the old order stays open."""
    old = _open(desk)
    _open(desk, "taken", limit_price="1")

    answer = desk.change(old, **{"client_order_id": "b-1", **changes})

    assert answer.status_code == 409
    assert detail in answer.json()["detail"]
    assert desk.order(old) == old
    assert len(desk.get("/orders")["orders"]) == 2


def test_order_that_is_not_open_cannot_be_replaced(desk: Desk) -> None:
    """What was filled, or replaced by another order, is 409."""
    filled, old = desk.place("a-1").json(), _open(desk, "a-2")
    desk.change(old)

    answers = [desk.change(filled, "b-2"), desk.change(old, "b-3")]

    assert [(one.status_code, one.json()["detail"]) for one in answers] == [
        (409, "the order is filled, not open"),
        (409, "the order is replaced, not open"),
    ]


def test_replacement_without_an_answer_of_the_market_is_passed_on(desk: Desk) -> None:
    """When the market data API fails nothing is replaced: 502."""
    old = _open(desk)
    desk.clock.advance(minutes=2)
    desk.alpaca.script = [500]

    answer = desk.change(old)

    assert answer.status_code == 502
    assert desk.order(old) == old


@pytest.mark.parametrize(
    "wrong",
    [{"client_order_id": None}, {"client_order_id": "a b"}, {"quantity": 1}, {"limit_price": "0"}, {"symbol": "MSFT"}],
    ids=str,
)
def test_replacement_that_does_not_fit_is_refused(desk: Desk, wrong: dict[str, object]) -> None:
    """A body that does not fit is 422, and the old order stays."""
    old = _open(desk)

    answer = desk.change(old, **{"client_order_id": "b-1", **wrong})

    assert answer.status_code == 422
    assert desk.order(old) == old
