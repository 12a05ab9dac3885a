"""Trading: whatever the routes let through, both dialects do the same with it, to the last place."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import Connection

from backend_v2.auth.records import User
from backend_v2.auth.repositories import UserRepository
from backend_v2.errors import Conflict
from backend_v2.market_data.records import Quote
from backend_v2.trading.order_matching import match, worth
from backend_v2.trading.parameters import normalised
from backend_v2.trading.records import Account, Order, Position, Runtime, Strategy, Ticket
from backend_v2.trading.repositories import (
    PaperAccountRepository,
    PaperFillRepository,
    PaperOrderRepository,
    PaperPositionRepository,
    StrategyRepository,
    TradingRuntimeRepository,
)
from diglot.differential import Lockstep, differential, operation

ADA = UUID(int=1)
IDS = st.integers(2, 4).map(lambda number: UUID(int=number))
"""Of accounts, orders and strategies: few, so that they meet."""
SYMBOLS = st.sampled_from(("A", "AAPL", "BRK.B", "BRKA", "B", "ABCDEFGHIJKLMNOP"))  # `fields.Symbol`, in capitals
LEAST, MOST = Decimal("0.000001"), Decimal("999999999999.999999")
PRICES = st.sampled_from((LEAST, Decimal(1), MOST)) | st.decimals(LEAST, MOST, places=6)
"""`fields.Price`: above nothing, below 10**12, to the sixth place."""
SMALL = st.decimals(LEAST, Decimal(1000), places=6)
AMOUNTS = st.just(Decimal(0)) | PRICES
PROFITS = st.decimals(-MOST, MOST, places=6)
"""`order_matching.trade`: every figure fits its column."""
NOW = st.integers(0, 3).map(lambda number: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(microseconds=number))
"""The service's clock."""
CLIENT_IDS = st.sampled_from(("a", "A", "a-1", "a.1")) | st.from_regex(
    r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", fullmatch=True
)
"""`schemas.ClientOrderId`."""
NAMES = st.sampled_from(("a", "A", "ä", "Ä", "a b", "a-b", "𝄞")) | st.from_regex(
    r"[^\s\x00-\x1f\x7f\ud800-\udfff]{1,100}", fullmatch=True
)
"""`fields.Name`, without those that have a space inside."""
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=100)
SCALARS = st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-(2.0**53) + 1, 2.0**53 - 1) | TEXTS
PARAMETERS = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True), SCALARS | st.lists(SCALARS, max_size=3), max_size=5
).map(normalised)
"""`parameters.normalised`: whatever it takes."""
LIMITS = st.integers(1, 3) | st.just(501)
"""`schemas.PageIn.limit`, and one more."""
BEFORE = st.none() | st.tuples(NOW, IDS)
VERSIONS = st.integers(0, 3) | st.integers(0, 2**31 - 2)
"""`schemas.Version`."""


@st.composite
def tickets(draw: st.DrawFn, numbers: st.SearchStrategy[Decimal] = PRICES) -> Ticket:
    """An order as `schemas.OrderIn` lets it through: its kind says which price it has."""
    kind = draw(st.sampled_from(("market", "limit", "stop")))
    return Ticket(
        client_order_id=draw(CLIENT_IDS),
        symbol=draw(SYMBOLS),
        side=draw(st.sampled_from(("buy", "sell"))),
        kind=kind,
        quantity=draw(numbers),
        limit_price=draw(numbers) if kind == "limit" else None,
        stop_price=draw(numbers) if kind == "stop" else None,
    )


@st.composite
def orders(draw: st.DrawFn) -> Order:
    """A new order, as `PaperOrderService._enter` makes it, in one of the accounts."""
    now = draw(NOW)
    return Order(
        **asdict(draw(tickets())),
        id=draw(IDS),
        account_id=draw(IDS),
        status="open",
        filled_quantity=Decimal(0),
        reject_reason=None,
        created_at=now,
        updated_at=now,
    )


def _account(account_id: UUID, name: str, cash: Decimal, now: datetime) -> Account:
    return Account(
        id=account_id, user_id=ADA, name=name, currency="USD", cash=cash, starting_cash=cash, created_at=now
    )


def _strategy(strategy_id: UUID, name: str, parameters: dict[str, Any], now: datetime) -> Strategy:
    return Strategy(
        id=strategy_id, user_id=ADA, name=name, kind="breakout", parameters=parameters, created_at=now, updated_at=now
    )


def _position(account_id: UUID, symbol: str, figures: tuple[Decimal, Decimal, Decimal], now: datetime) -> Position:
    quantity, average_cost, profit = figures
    return Position(
        account_id=account_id,
        symbol=symbol,
        quantity=quantity,
        average_cost=average_cost,
        realised_profit=profit,
        updated_at=now,
    )


def _have_user(connection: Connection) -> None:
    UserRepository(connection).add(
        User(ADA, b"ada", "ada@example.com", "Ada", False, None, datetime(2024, 1, 1, tzinfo=UTC))
    )


def _have_accounts(connection: Connection) -> None:
    """Have Ada's three accounts, so that orders and positions find theirs."""
    _have_user(connection)
    for number in (2, 3, 4):
        PaperAccountRepository(connection).add(
            _account(UUID(int=number), f"No. {number}", Decimal(1000), datetime(2024, 1, 1, tzinfo=UTC))
        )


def _add_account(connection: Connection, account: Account) -> bool:
    _have_user(connection)
    return PaperAccountRepository(connection).find(account.id, user_id=ADA) is None and PaperAccountRepository(
        connection
    ).add(account)


def _add_order(connection: Connection, order: Order) -> bool:
    _have_accounts(connection)
    return PaperOrderRepository(connection).lock(order.id) is None and PaperOrderRepository(connection).add(order)


def _save_position(connection: Connection, positions: list[Position]) -> None:
    _have_accounts(connection)
    distinct = {(one.account_id, one.symbol): one for one in positions}  # `match` gives each symbol once
    PaperPositionRepository(connection).save(distinct.values())


def _add_strategy(connection: Connection, strategy: Strategy) -> bool:
    _have_accounts(connection)
    return StrategyRepository(connection).find(strategy.id, user_id=ADA) is None and StrategyRepository(
        connection
    ).add(strategy)


def _change_runtime(connection: Connection, strategy_id: UUID, account_id: UUID, state: str, version: int) -> bool:
    if StrategyRepository(connection).find(strategy_id, user_id=ADA) is None:
        return False
    now = datetime(2024, 1, 1, tzinfo=UTC)
    runtime = Runtime(
        strategy_id=strategy_id,
        account_id=account_id,
        state=state,
        version=version + 1,
        started_at=now,
        heartbeat_at=None,
        updated_at=now,
    )
    return TradingRuntimeRepository(connection).change(runtime, expected=version)


def _trade(connection: Connection, ticket: Ticket, bid: Decimal, ask: Decimal, now: datetime) -> list[Any]:
    """Place an order and match all that are open, as the service does; return what there is then."""
    _have_accounts(connection)
    account = PaperAccountRepository(connection).lock(UUID(int=2), user_id=ADA)
    assert account is not None
    repository, positions = PaperOrderRepository(connection), PaperPositionRepository(connection)
    number = 10 + len(repository.page(account.id, status=None, symbol=None, limit=500))
    order = Order(
        **asdict(ticket),
        id=UUID(int=number),
        account_id=account.id,
        status="open",
        filled_quantity=Decimal(0),
        reject_reason=None,
        created_at=now,
        updated_at=now,
    )
    repository.add(order)
    found = repository.lock_open(account.id)
    symbols = repository.open_symbols(account.id)
    quotes = {one: Quote(one, bid, ask, 0, 0, now) for one in symbols}
    outcome = match(account.cash, positions.find(account.id, symbols), found, quotes, at=now)
    PaperFillRepository(connection).add(outcome.executions)
    repository.close([one.order_id for one in outcome.executions], status="filled", at=now)
    rejected = [
        repository.close(ids, status="rejected", at=now, reject_reason=reason)
        for reason, ids in outcome.rejected.items()
    ]
    positions.save(outcome.positions.values())
    PaperAccountRepository(connection).set_cash(account.id, outcome.cash)
    held = positions.page(account.id, limit=500)
    book_value = sum((worth(one.quantity, one.average_cost) for one in held), Decimal(0))
    profit = sum((one.realised_profit for one in held), Decimal(0))
    if outcome.cash + book_value != account.starting_cash + profit:
        raise Conflict(f"a millionth is lost: {outcome.cash} + {book_value} != {account.starting_cash} + {profit}")
    return [rejected, held, PaperFillRepository(connection).page(account.id, limit=500)]


def test_accounts_and_positions_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any accounts and positions, stored and listed in any order, are the same on both dialects."""
    accounts = st.builds(_account, IDS, NAMES, PRICES, NOW)
    positions = st.builds(_position, IDS, SYMBOLS, st.tuples(AMOUNTS, AMOUNTS, PROFITS), NOW)

    agreement = differential(
        diglot_lockstep,
        operation(_add_account, account=accounts),
        operation(PaperAccountRepository.of_user, user_id=ADA),
        operation(PaperAccountRepository.set_cash, account_id=IDS, cash=AMOUNTS),
        operation(PaperAccountRepository.delete, account_id=IDS, user_id=ADA),
        operation(_save_position, positions=st.lists(positions, max_size=3)),
        operation(PaperPositionRepository.find, account_id=IDS, symbols=st.lists(SYMBOLS, max_size=3)),
        operation(PaperPositionRepository.page, account_id=IDS, limit=LIMITS, after=st.none() | SYMBOLS),
    )

    assert agreement.examples >= 100


def test_orders_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any orders, placed, closed and listed in any order, are the same on both dialects."""
    agreement = differential(
        diglot_lockstep,
        operation(_add_order, order=orders()),
        operation(
            PaperOrderRepository.page,
            account_id=IDS,
            status=st.none() | st.sampled_from(("open", "filled", "cancelled")),
            symbol=st.none() | SYMBOLS,
            limit=LIMITS,
            before=BEFORE,
        ),
        operation(PaperOrderRepository.find_by_client_id, account_id=IDS, client_order_id=CLIENT_IDS),
        operation(PaperOrderRepository.lock_open, account_id=IDS),
        operation(PaperOrderRepository.count_open, account_id=IDS),
        operation(PaperOrderRepository.open_symbols, account_id=IDS),
        operation(
            PaperOrderRepository.close,
            order_ids=st.lists(IDS, max_size=2),
            status=st.sampled_from(("filled", "cancelled", "replaced")),
            at=NOW,
        ),
    )

    assert agreement.examples >= 100


def test_money_is_kept_alike_and_none_is_lost(diglot_lockstep: Lockstep) -> None:
    """Whatever is traded, both dialects have the same cash, positions and profits, and no millionth is lost."""
    agreement = differential(
        diglot_lockstep,
        operation(_trade, ticket=tickets(SMALL), bid=SMALL, ask=SMALL, now=NOW),
        operation(_trade, ticket=tickets(), bid=PRICES, ask=PRICES, now=NOW),
    )

    assert agreement.examples >= 100


def test_strategies_and_runtimes_are_kept_alike(diglot_lockstep: Lockstep) -> None:
    """Any strategies, and whatever state they come into, are the same on both dialects."""
    strategies = st.builds(_strategy, IDS, NAMES, PARAMETERS, NOW)

    agreement = differential(
        diglot_lockstep,
        operation(_add_strategy, strategy=strategies),
        operation(StrategyRepository.page, user_id=ADA, limit=LIMITS, before=BEFORE),
        operation(StrategyRepository.find_by_name, name=NAMES, user_id=ADA),
        operation(StrategyRepository.delete, strategy_id=IDS, user_id=ADA),
        operation(
            _change_runtime,
            strategy_id=IDS,
            account_id=IDS,
            state=st.sampled_from(("running", "paused", "stopped")),
            version=VERSIONS,
        ),
        operation(TradingRuntimeRepository.find, strategy_id=IDS),
        operation(TradingRuntimeRepository.beat, strategy_id=IDS, version=VERSIONS, at=NOW),
        operation(TradingRuntimeRepository.running_on, account_id=IDS),
    )

    assert agreement.examples >= 100
