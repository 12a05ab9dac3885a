"""The crossover by itself: what it decides, and what comes of it, to the last unit."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from backend_v2.errors import Conflict
from backend_v2.market_data.crossover import Outcome, trade
from backend_v2.market_data.records import OpenClose, Trade

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


def _day(number: int) -> datetime:
    return MONDAY + timedelta(days=number)


def _bars(*prices: str | tuple[str, str]) -> list[OpenClose]:
    """Return bars of consecutive days: of open and close, or of one price for both."""
    pairs = [(one, one) if isinstance(one, str) else one for one in prices]
    return [OpenClose(_day(number), *map(Decimal, pair)) for number, pair in enumerate(pairs)]


def _trade(bars: Sequence[OpenClose], cash: str = "1000", *, fast: int = 1, slow: int = 2) -> Outcome:
    return trade(bars, starting_cash=Decimal(cash), fast=fast, slow=slow)


def test_series_computed_by_hand_comes_out_to_the_last_digit() -> None:
    """Averages of 2 and 3 closes over nine days, followed on paper, give these trades, this cash and this fall.

    Averages of two and three: day 2: 9.5, 10; day 3: 10, 10; day 4: 11.5, 11; day 5: 12.5, 12; day 6: 11,
    11 2/3; day 7: 9.5, 10 1/3; day 8: not asked for. Day 2 decides to sell, and nothing is held. Day 4 decides
    to buy: on day 5 at 12.10, 82 shares for 992.20 leave 7.80. Day 6 decides to sell: on day 7 at 9.90, for
    811.80, which makes 819.60. Worth at the closes: day 5: 82 x 13 + 7.80 = 1073.80, the peak; day 6: 82 x 9
    + 7.80 = 745.80; day 7 and 8: 819.60. The deepest fall is 328.
    """
    bars = _bars(
        "11", "10", "9", "11", ("11.5", "12"), ("12.1", "13"), ("12.5", "9"), ("9.9", "10"), "11",
    )  # fmt: skip

    outcome = _trade(bars, fast=2, slow=3)

    assert outcome == Outcome(
        [
            Trade("buy", Decimal(82), Decimal("12.1"), _day(5)),
            Trade("sell", Decimal(82), Decimal("9.9"), _day(7)),
        ],
        ending_cash=Decimal("819.6"),
        max_drawdown=Decimal(328),
    )
    assert (str(outcome.ending_cash), str(outcome.max_drawdown)) == ("819.600000", "328.000000")


def test_trade_is_made_at_the_next_open() -> None:
    """What a close decides is traded at the open of the bar after it, which nobody knew before."""
    bars = _bars("10", "11", ("20", "30"), ("25", "5"), ("4", "4"))

    outcome = _trade(bars, "100")

    assert [(one.side, one.price, one.traded_at) for one in outcome.trades] == [
        ("buy", Decimal(20), _day(2)),
        ("sell", Decimal(4), _day(4)),
    ]


def test_what_is_held_at_the_end_is_sold_at_the_last_close() -> None:
    """A run ends without shares; what its last close decides is not traded, since no bar follows."""
    bars = _bars("10", "11", ("12", "13"))

    outcome = _trade(bars, "100")

    assert [(one.side, one.quantity, one.price, one.traded_at) for one in outcome.trades] == [
        ("buy", 8, Decimal(12), _day(2)),
        ("sell", 8, Decimal(13), _day(2)),
    ]
    assert outcome.ending_cash == Decimal(108)
    assert _trade(bars[:2], "100").trades == []


def test_averages_that_a_division_would_make_equal_are_told_apart() -> None:
    """A third of a unit decides: 28 digits of a quotient would not show it, whole sums do."""
    price = "333333333333.333333"
    rising = _bars(price, price, "333333333333.333334", price)
    level = _bars(price, price, price, price)

    assert [one.side for one in _trade(rising, "999999999999", fast=2, slow=3).trades] == ["buy", "sell"]
    assert _trade(level, "999999999999", fast=2, slow=3).trades == []


def test_equal_averages_change_nothing() -> None:
    """A position is kept while the averages touch, and is not bought twice when they part again."""
    bars = _bars("10", "11", "11", "12", "12", "13")

    outcome = _trade(bars)

    assert [(one.side, one.traded_at) for one in outcome.trades] == [("buy", _day(2)), ("sell", _day(5))]


def test_share_that_costs_more_than_the_cash_is_not_bought() -> None:
    """Without cash for one share nothing is traded, and nothing is lost."""
    outcome = _trade(_bars("10", "11", "12", "13"), "11.999999")

    assert outcome == Outcome([], Decimal("11.999999"), Decimal(0))


def test_cash_pays_for_whole_shares_to_the_last_unit() -> None:
    """As many shares are bought as the cash pays for, and what is left is less than a share."""
    outcome = _trade(_bars("0.1", "0.2", ("0.000003", "0.000003"), "0.000003"), "0.000010")

    assert [one.quantity for one in outcome.trades] == [3, 3]
    assert outcome.ending_cash == Decimal("0.00001")


def test_fall_is_measured_from_the_latest_peak() -> None:
    """The deepest fall is between a peak and a later close, not between the highest and the lowest of all."""
    bars = _bars("1", "2", ("10", "10"), "20", "15", "30", ("1", "24"))

    outcome = _trade(bars, "10", fast=1, slow=6)

    assert [one.side for one in outcome.trades] == ["buy", "sell"]
    assert _trade(_bars("1", "2", "10", "20", "21", "14"), "10").max_drawdown == Decimal(7)


def test_account_that_outgrows_its_column_is_refused() -> None:
    """Cash of more than 12 digits before the point is a conflict; the most shares that can be kept are bought."""
    bars = _bars("0.000001", "0.000002", "0.000003", "1000")
    modest = _bars("0.000001", "0.000002", "0.000001", "0.000001")

    with pytest.raises(Conflict, match="12 digits"):
        _trade(bars, "1000000")

    assert _trade(modest, "999999999999.999999").trades[0].quantity == 10**12 - 1


def test_fewer_bars_than_an_average_needs_are_traded_not_at_all() -> None:
    """Until the slow average is there nothing is decided; without bars the cash stays."""
    assert _trade(_bars("1", "2", "3"), slow=4, fast=1).trades == []
    assert _trade([]) == Outcome([], Decimal(1000), Decimal(0))
