"""What an order does to an account, as arithmetic: no database, no clock, no market.

Cash changes by `quantity * price`, rounded half to even to 6 places. A buy's average cost is what the position
has cost, the new shares included, divided by the shares, rounded likewise; a sale leaves it as it is. The realised
profit is what sales brought in, less what buys have cost, plus the book value of what is still held: quantity times
average cost, rounded likewise. So that, to the last place and at any time,

    cash + book value of all positions = starting cash + realised profit of all positions
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from uuid import UUID

from backend_v2.errors import Conflict
from backend_v2.market_data.records import Quote
from backend_v2.trading.records import Execution, Order, Position, Ticket

TOO_DEAR = "it costs more than the account's cash"
TOO_SMALL = "it is worth less than the smallest amount of money, 0.000001"
TOO_MANY = "it sells more than the position holds"
TOO_LARGE = "it would make a figure of the account larger than 999999999999.999999"

_PLACE = Decimal("0.000001")
_MOST = Decimal("999999999999.999999")
# A product of two such numbers has 36 digits, more than the 28 of the default context, which would round it first.
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Outcome:
    """What became of some orders. cash: of the account. positions: those that changed, by symbol.

    executions: in the order in which they happened. rejected: why which orders can never be filled.
    """

    cash: Decimal
    positions: dict[str, Position] = field(default_factory=dict)
    executions: list[Execution] = field(default_factory=list)
    rejected: dict[str, list[UUID]] = field(default_factory=dict)


def worth(quantity: Decimal, price: Decimal) -> Decimal:
    """Return what so many shares are worth at a price, to 6 places."""
    return _CONTEXT.multiply(quantity, price).quantize(_PLACE, context=_CONTEXT)


def price_for(ticket: Ticket, quote: Quote | None) -> Decimal | None:
    """Return the price at which an order is filled now, whole; None when it is not.

    Buys pay the ask, sales get the bid. A limit is reached by that price or a better one, a stop by that
    price or a worse one. A price of 0 means that nobody offers.
    """
    if quote is None:
        return None
    buys = ticket.side == "buy"
    price = quote.ask if buys else quote.bid
    if price <= 0:
        return None
    if ticket.limit_price is not None:
        reached = price <= ticket.limit_price if buys else price >= ticket.limit_price
    elif ticket.stop_price is not None:
        reached = price >= ticket.stop_price if buys else price <= ticket.stop_price
    else:
        reached = True
    return price if reached else None


def match(
    cash: Decimal, positions: Iterable[Position], orders: Iterable[Order], quotes: Mapping[str, Quote], *, at: datetime
) -> Outcome:
    """Try orders, one after the other, each on what the ones before have left.

    positions: of the orders' symbols; one that is missing is empty. An order that its price does not reach stays
    out of the outcome.
    """
    held = {one.symbol: one for one in positions}
    changed: dict[str, Position] = {}
    executions: list[Execution] = []
    rejected: dict[str, list[UUID]] = {}
    for order in orders:
        price = price_for(order, quotes.get(order.symbol))
        if price is None:
            continue
        position = held.get(order.symbol) or _empty(order, at)
        try:
            cash, position = trade(cash, position, side=order.side, quantity=order.quantity, price=price)
        except Conflict as reason:
            rejected.setdefault(str(reason), []).append(order.id)
            continue
        held[order.symbol] = changed[order.symbol] = replace(position, updated_at=at)
        executions.append(Execution(order_id=order.id, quantity=order.quantity, price=price, filled_at=at))
    return Outcome(cash, changed, executions, rejected)


def trade(
    cash: Decimal, position: Position, *, side: str, quantity: Decimal, price: Decimal
) -> tuple[Decimal, Position]:
    """Return cash and position after a trade; raises Conflict when the account cannot afford or hold it."""
    amount = worth(quantity, price)
    if side == "buy":
        flow, holds = -amount, position.quantity + quantity
        if amount > cash:
            raise Conflict(TOO_DEAR)
        if amount == 0:
            raise Conflict(TOO_SMALL)
        average = _ratio(_book_value(position) + amount, holds)
    else:
        flow, holds = amount, position.quantity - quantity
        if holds < 0:
            raise Conflict(TOO_MANY)
        average = position.average_cost if holds else Decimal(0)
    realised = position.realised_profit + flow + worth(holds, average) - _book_value(position)
    if max(cash + flow, holds, average, abs(realised)) > _MOST:
        raise Conflict(TOO_LARGE)
    return cash + flow, replace(position, quantity=holds, average_cost=average, realised_profit=realised)


def _book_value(position: Position) -> Decimal:
    return worth(position.quantity, position.average_cost)


def _ratio(amount: Decimal, quantity: Decimal) -> Decimal:
    return _CONTEXT.divide(amount, quantity).quantize(_PLACE, context=_CONTEXT)


def _empty(order: Order, at: datetime) -> Position:
    nothing = Decimal(0)
    return Position(
        account_id=order.account_id,
        symbol=order.symbol,
        quantity=nothing,
        average_cost=nothing,
        realised_profit=nothing,
        updated_at=at,
    )
