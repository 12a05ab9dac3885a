"""Trade the crossing of two moving averages over bars that are known: in whole numbers, without a division.

Whenever the average of the last `fast` closes comes to be above that of the last `slow` ones, as many
whole shares are bought as the cash pays for; whenever it comes to be below, all are sold. A bar's close
is known when the bar is over, so that the trade is made at the next bar's open. Equal averages change
nothing. What is still held at the end is sold at the last close.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from backend_v2.errors import Conflict
from backend_v2.market_data.records import OpenClose, Trade

_PLACES = 6
_LIMIT = 10**18
"""No amount that is kept has more smallest units than this."""
_MOST_SHARES = 10**12 - 1


@dataclass(frozen=True)
class Outcome:
    """What came of it. max_drawdown: the deepest fall of the account's worth from a peak, at the close of bars."""

    trades: list[Trade]
    ending_cash: Decimal
    max_drawdown: Decimal


def trade(bars: Sequence[OpenClose], *, starting_cash: Decimal, fast: int, slow: int) -> Outcome:
    """Return what came of trading these bars, which are in order of time.

    Prices and cash have at most 6 places, and are counted in units of the sixth. Raises Conflict
    when the account grows beyond what can be kept.
    """
    account = _Account(_units(starting_cash))
    decided = ""
    for bar, crossed in zip(bars, _crossings(bars, fast, slow), strict=True):
        if decided == "buy":
            account.buy(_units(bar.open), bar.starts_at)
        elif decided == "sell":
            account.sell(_units(bar.open), bar.starts_at)
        account.mark(_units(bar.close))
        decided = crossed
    if bars:
        account.sell(_units(bars[-1].close), bars[-1].starts_at)
    if max(account.cash, account.drawdown) >= _LIMIT:
        raise Conflict("the account grows beyond the 12 digits before the point that can be kept")
    return Outcome(account.trades, _amount(account.cash), _amount(account.drawdown))


def _crossings(bars: Sequence[OpenClose], fast: int, slow: int) -> Iterator[str]:
    """Yield for each bar what its close decides: `buy`, `sell`, or nothing."""
    closes = [_units(bar.close) for bar in bars]
    fast_sum = slow_sum = 0
    is_above: bool | None = None
    for number, close in enumerate(closes):
        fast_sum += close - (closes[number - fast] if number >= fast else 0)
        slow_sum += close - (closes[number - slow] if number >= slow else 0)
        # fast_sum / fast > slow_sum / slow, without what a division would round away
        above, below = fast_sum * slow, slow_sum * fast
        if number < slow - 1 or above == below or (above > below) is is_above:
            yield ""
        else:
            is_above = above > below
            yield "buy" if is_above else "sell"


@dataclass
class _Account:
    """Cash and shares of one run; amounts in units of the sixth place."""

    cash: int
    shares: int = 0
    drawdown: int = 0
    trades: list[Trade] = field(default_factory=list)
    _peak: int = field(init=False)

    def __post_init__(self) -> None:
        self._peak = self.cash

    def buy(self, price: int, at: datetime) -> None:
        """Buy as many shares as the cash pays for, if it pays for one."""
        shares = min(self.cash // price, _MOST_SHARES)
        if shares:
            self.cash -= shares * price
            self.shares += shares
            self.trades.append(Trade("buy", Decimal(shares), _amount(price), at))

    def sell(self, price: int, at: datetime) -> None:
        """Sell all shares, if there are any."""
        if self.shares:
            self.trades.append(Trade("sell", Decimal(self.shares), _amount(price), at))
            self.cash += self.shares * price
            self.shares = 0

    def mark(self, price: int) -> None:
        """Note what the account is worth at a price."""
        worth = self.cash + self.shares * price
        self._peak = max(self._peak, worth)
        self.drawdown = max(self.drawdown, self._peak - worth)


def _units(amount: Decimal) -> int:
    return int(amount.scaleb(_PLACES))


def _amount(units: int) -> Decimal:
    """Return an amount with exactly 6 places."""
    return Decimal(units).scaleb(-_PLACES)
