"""`order_matching`: when an order is filled, and what that does to an account, as arithmetic."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from backend_v2.errors import Conflict
from backend_v2.market_data.records import Quote
from backend_v2.trading.order_matching import TOO_DEAR, TOO_LARGE, TOO_MANY, TOO_SMALL, match, trade, worth
from backend_v2.trading.records import Position
from tests.contract.conftest import EPOCH
from tests.contract.trading.conftest import order

MOST = Decimal("999999999999.999999")
NUMBERS = st.decimals(Decimal("0.000001"), MOST, places=6) | st.decimals(Decimal("0.000001"), Decimal(1000), places=6)
TRADES = st.lists(st.tuples(st.sampled_from(["buy", "sell"]), NUMBERS, NUMBERS), max_size=30)


def _position(quantity: str = "0", average_cost: str = "0", realised_profit: str = "0") -> Position:
    return Position(
        account_id=UUID(int=2),
        symbol="AAPL",
        quantity=Decimal(quantity),
        average_cost=Decimal(average_cost),
        realised_profit=Decimal(realised_profit),
        updated_at=EPOCH,
    )


def _try(state: tuple[Decimal, Position], one: tuple[str, Decimal, Decimal]) -> tuple[Decimal, Position]:
    """Return what a trade leaves, or what there was when it is refused."""
    side, quantity, price = one
    try:
        return trade(*state, side=side, quantity=quantity, price=price)
    except Conflict:
        return state


@given(NUMBERS, TRADES)
def test_no_history_loses_a_millionth(starting_cash: Decimal, trades: list[tuple[str, Decimal, Decimal]]) -> None:
    """Whatever is traded, cash and book value are the starting cash and the profit, and everything fits its column."""
    cash, position = reduce(_try, trades, (starting_cash, _position()))

    book_value = worth(position.quantity, position.average_cost)
    assert Fraction(cash) + Fraction(book_value) == Fraction(starting_cash) + Fraction(position.realised_profit)
    assert 0 <= cash <= MOST
    assert 0 <= position.quantity <= MOST
    assert 0 <= position.average_cost <= MOST
    assert abs(position.realised_profit) <= MOST


@given(NUMBERS, NUMBERS)
def test_worth_is_rounded_half_to_even(quantity: Decimal, price: Decimal) -> None:
    """A product is never further from the exact one than half a millionth, and of two as near it is the even one."""
    exact = Fraction(quantity) * Fraction(price) * 10**6

    assert Fraction(worth(quantity, price)) * 10**6 == round(exact)


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("0.5", "0.000001", "0.000000"),
        ("0.5", "0.000003", "0.000002"),
        ("1.5", "0.000001", "0.000002"),
        ("2.5", "0.000001", "0.000002"),
        ("999999.999999", "999999.999999", "999999999998.000000"),
        ("123456.789012", "123456.789012", "15241578753.153484"),
        ("333333.333333", "300000.000001", "100000000000.233333"),
    ],
)
def test_worth_of_many_digits(quantity: str, price: str, amount: str) -> None:
    """Products of many digits are rounded once, half to even."""
    assert str(worth(Decimal(quantity), Decimal(price))) == amount


def test_product_of_thirty_six_digits_is_rounded_once() -> None:
    """A product that has more digits than Python's default context is exact until it is rounded."""
    amount = worth(Decimal("123456789012.123457"), Decimal("987654321098.765431"))

    assert amount == Decimal("121932631136802316668166.134456")


@pytest.mark.parametrize(
    ("cash", "position", "order", "reason"),
    [
        ("10", _position(), ("buy", "1", "10.000001"), TOO_DEAR),
        ("10", _position(), ("buy", "0.000001", "0.5"), TOO_SMALL),
        ("10", _position("1", "1"), ("sell", "1.000001", "1"), TOO_MANY),
        (str(MOST), _position("1", "1"), ("sell", "1", "0.000001"), TOO_LARGE),
        ("1", _position(str(MOST), "0"), ("buy", "0.000001", "1"), TOO_LARGE),
        ("10", _position("1", "1", str(MOST)), ("sell", "1", "2"), TOO_LARGE),
        (str(MOST), _position(), ("buy", "0.000001", str(MOST)), TOO_LARGE),
    ],
    ids=str,
)
def test_trade_beyond_the_account_is_refused(
    cash: str, position: Position, order: tuple[str, str, str], reason: str
) -> None:
    """What the account cannot afford, does not hold, or could not write down is refused, with the reason."""
    side, quantity, price = order

    with pytest.raises(Conflict, match=f"^{reason}$"):
        trade(Decimal(cash), position, side=side, quantity=Decimal(quantity), price=Decimal(price))


def test_reasons_fit_their_column() -> None:
    """Each reason fits into `reject_reason`."""
    assert max(map(len, (TOO_DEAR, TOO_SMALL, TOO_MANY, TOO_LARGE))) <= 100


def test_match_leaves_out_what_has_no_quote() -> None:
    """An order whose symbol nobody quotes, or at nothing, is neither filled nor rejected."""
    quote = Quote("AAPL", Decimal(0), Decimal(0), 0, 0, datetime(2024, 1, 1, tzinfo=UTC))
    orders = [order(1), order(2, symbol="MSFT"), order(3, side="sell")]

    outcome = match(Decimal(100), [], orders, {"AAPL": quote}, at=EPOCH)

    assert (outcome.cash, outcome.positions, outcome.executions, outcome.rejected) == (Decimal(100), {}, [], {})
