"""Place, replace, cancel and match paper orders.

Whoever changes an account holds its row until the transaction ends, so that requests about one account pass one after
the other: no order is filled twice, no cash spent twice. The market data API is asked before that, and never while
a connection is held.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import Connection

from backend_v2.clock import Clock
from backend_v2.db.database import Database
from backend_v2.errors import BadRequest, Conflict, NotFound, UpstreamUnavailable
from backend_v2.market_data.quote_service import QuoteService
from backend_v2.market_data.records import Quote
from backend_v2.trading.order_matching import match, price_for
from backend_v2.trading.records import Account, AccountFill, Matched, Order, OrderInFull, Ticket
from backend_v2.trading.repositories import (
    PaperAccountRepository,
    PaperFillRepository,
    PaperOrderRepository,
    PaperPositionRepository,
)

MOST_OPEN = 100
"""Open orders of one account: all of them are matched at once, and all their symbols fit into one question."""

_NO_ACCOUNT = "there is no such account"
_NO_ORDER = "there is no such order"


class PaperOrderService:
    """Orders of users' paper accounts."""

    def __init__(self, database: Database, quotes: QuoteService, clock: Clock) -> None:
        self._database = database
        self._quotes = quotes
        self._clock = clock

    def page(
        self,
        user_id: UUID,
        account_id: UUID,
        *,
        status: str | None,
        symbol: str | None,
        limit: int,
        before: tuple[datetime, UUID] | None,
    ) -> tuple[list[Order], bool]:
        """Return one page of an account's orders, the newest first, and whether there are more; raises NotFound."""
        with self._database.connect() as connection:
            _account(connection, user_id, account_id)
            found = PaperOrderRepository(connection).page(
                account_id, status=status, symbol=symbol, limit=limit + 1, before=before
            )
        return found[:limit], len(found) > limit

    def get(self, user_id: UUID, order_id: UUID) -> OrderInFull:
        """Return one of a user's orders with its fills; raises NotFound."""
        with self._database.connect() as connection:
            return _in_full(connection, _order(connection, user_id, order_id))

    def place(self, user_id: UUID, account_id: UUID, ticket: Ticket) -> OrderInFull:
        """Place an order, and fill it when its price is reached already; placed again it is what was stored.

        Raises NotFound; Conflict when the client order id stands for another order, when a market order finds no
        quote, when the account cannot afford or does not hold what would be filled now, and when it has too many
        open orders; then nothing is stored.
        """
        with self._database.connect() as connection:
            _account(connection, user_id, account_id)
            stored = _stored(connection, account_id, ticket)
        if stored is not None:
            return stored
        quotes = self._quotes_for(ticket)
        with self._database.connect() as connection:
            account = _locked(connection, user_id, account_id)
            return _stored(connection, account_id, ticket) or self._enter(connection, account, ticket, quotes)

    def replace(
        self,
        user_id: UUID,
        order_id: UUID,
        *,
        client_order_id: str,
        quantity: Decimal | None,
        limit_price: Decimal | None,
        stop_price: Decimal | None,
    ) -> OrderInFull:
        """Put a new order into the place of an open one, at once; what is None stays as it is.

        Asked again it is what was stored. Raises as `place` does, and Conflict when the order is not open, or has no
        price of that kind; then the old order stays as it is.
        """
        with self._database.connect() as connection:
            old = _order(connection, user_id, order_id)
            ticket = _changed(old, client_order_id, quantity, limit_price, stop_price)
            stored = _stored(connection, old.account_id, ticket)
        if stored is not None:
            return stored
        _check_open(old)
        quotes = self._quotes_for(ticket)
        with self._database.connect() as connection:
            account = _locked(connection, user_id, old.account_id)
            orders = PaperOrderRepository(connection)
            current = orders.lock(order_id)
            stored = _stored(connection, account.id, ticket)
            if stored is not None:
                return stored
            _check_open(current)
            orders.close([order_id], status="replaced", at=self._clock())
            return self._enter(connection, account, ticket, quotes)

    def cancel(self, user_id: UUID, order_id: UUID) -> OrderInFull:
        """Cancel an open order; raises NotFound, and Conflict when it is not open."""
        with self._database.connect() as connection:
            order = _order(connection, user_id, order_id)
            _locked(connection, user_id, order.account_id)
            orders = PaperOrderRepository(connection)
            _check_open(orders.lock(order_id))
            (cancelled,) = orders.close([order_id], status="cancelled", at=self._clock())
            return _in_full(connection, cancelled)

    def match(self, user_id: UUID, account_id: UUID) -> Matched:
        """Try all open orders of an account against the latest quotes, the oldest first.

        What the account cannot afford or does not hold when its price is reached is rejected. Raises NotFound.
        """
        with self._database.connect() as connection:
            _account(connection, user_id, account_id)
            symbols = PaperOrderRepository(connection).open_symbols(account_id)
        if not symbols:
            return Matched(fills=[], rejected=[])
        try:
            quotes = self._quotes.latest(symbols)
        except BadRequest as error:  # it took these symbols when the orders were placed
            raise UpstreamUnavailable(str(error)) from error
        with self._database.connect() as connection:
            account = _locked(connection, user_id, account_id)
            orders = PaperOrderRepository(connection).lock_open(account_id)
            return _settle(connection, account, orders, quotes, at=self._clock())

    def _quotes_for(self, ticket: Ticket) -> dict[str, Quote]:
        try:
            return self._quotes.latest([ticket.symbol])
        except BadRequest as error:
            raise Conflict(f"there is no market for {ticket.symbol}: {error}") from error

    def _enter(
        self, connection: Connection, account: Account, ticket: Ticket, quotes: Mapping[str, Quote]
    ) -> OrderInFull:
        """Store a new order, and fill it if its price is reached. The account is locked."""
        now = self._clock()
        order = Order(
            **asdict(ticket),
            id=uuid4(),
            account_id=account.id,
            status="open",
            filled_quantity=Decimal(0),
            reject_reason=None,
            created_at=now,
            updated_at=now,
        )
        orders = PaperOrderRepository(connection)
        is_filled = price_for(ticket, quotes.get(ticket.symbol)) is not None
        if not is_filled and ticket.kind == "market":
            raise Conflict(f"nobody offers {ticket.symbol} now: a market order needs a quote")
        if not is_filled and orders.count_open(account.id) >= MOST_OPEN:
            raise Conflict(f"the account has {MOST_OPEN} open orders, which is the most")
        if not orders.add(order):
            raise Conflict(f"the client order id {ticket.client_order_id!r} has just been taken")
        if is_filled:
            settled = _settle(connection, account, [order], quotes, at=now)
            if settled.rejected:
                raise Conflict(f"the order cannot be filled: {settled.rejected[0].reject_reason}")
            order = replace(order, status="filled", filled_quantity=order.quantity)
        return replace(_in_full(connection, order), is_new=True)


def _settle(
    connection: Connection, account: Account, orders: Sequence[Order], quotes: Mapping[str, Quote], *, at: datetime
) -> Matched:
    """Fill or reject what can be, and store what the account has then. The account is locked."""
    positions = PaperPositionRepository(connection)
    held = positions.find(account.id, {one.symbol for one in orders})
    outcome = match(account.cash, held, orders, quotes, at=at)
    repository = PaperOrderRepository(connection)
    repository.close([one.order_id for one in outcome.executions], status="filled", at=at)
    rejected = [
        order
        for reason, ids in outcome.rejected.items()
        for order in repository.close(ids, status="rejected", at=at, reject_reason=reason)
    ]
    fills = PaperFillRepository(connection).add(outcome.executions)
    positions.save(outcome.positions.values())
    if outcome.executions:
        PaperAccountRepository(connection).set_cash(account.id, outcome.cash)
    by_id = {one.id: one for one in orders}
    return Matched(
        fills=[
            AccountFill(**asdict(one), symbol=by_id[one.order_id].symbol, side=by_id[one.order_id].side)
            for one in fills
        ],
        rejected=sorted(rejected, key=lambda one: (one.created_at, one.id)),
    )


def _account(connection: Connection, user_id: UUID, account_id: UUID) -> Account:
    found = PaperAccountRepository(connection).find(account_id, user_id=user_id)
    if found is None:
        raise NotFound(_NO_ACCOUNT)
    return found


def _locked(connection: Connection, user_id: UUID, account_id: UUID) -> Account:
    found = PaperAccountRepository(connection).lock(account_id, user_id=user_id)
    if found is None:
        raise NotFound(_NO_ACCOUNT)
    return found


def _order(connection: Connection, user_id: UUID, order_id: UUID) -> Order:
    found = PaperOrderRepository(connection).find(order_id, user_id=user_id)
    if found is None:
        raise NotFound(_NO_ORDER)
    return found


def _in_full(connection: Connection, order: Order) -> OrderInFull:
    return OrderInFull(order=order, fills=PaperFillRepository(connection).of_order(order.id))


def _stored(connection: Connection, account_id: UUID, ticket: Ticket) -> OrderInFull | None:
    """Return the order that was placed with this ticket; raises Conflict when its client order id is another's."""
    found = PaperOrderRepository(connection).find_by_client_id(account_id, ticket.client_order_id)
    if found is None:
        return None
    if found.ticket() != ticket:
        raise Conflict(f"the client order id {ticket.client_order_id!r} stands for another order")
    return _in_full(connection, found)


def _changed(
    old: Order, client_order_id: str, quantity: Decimal | None, limit_price: Decimal | None, stop_price: Decimal | None
) -> Ticket:
    for name, price in (("limit", limit_price), ("stop", stop_price)):
        if price is not None and old.kind != name:
            raise Conflict(f"a {old.kind} order has no {name} price")
    return replace(
        old.ticket(),
        client_order_id=client_order_id,
        replaces_id=old.id,
        quantity=quantity or old.quantity,
        limit_price=limit_price or old.limit_price,
        stop_price=stop_price or old.stop_price,
    )


def _check_open(order: Order | None) -> None:
    if order is None:
        raise NotFound(_NO_ORDER)
    if order.status != "open":
        raise Conflict(f"the order is {order.status}, not open")
