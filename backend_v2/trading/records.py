"""What trading on paper is made of; money, prices and quantities are decimals of 6 places."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Account:
    """A paper account. cash: what is left of `starting_cash` after all fills."""

    id: UUID
    user_id: UUID
    name: str
    currency: str
    cash: Decimal
    starting_cash: Decimal
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """What somebody wants traded. side: `buy` or `sell`. kind: `market`, `limit` or `stop`, which says what is priced.

    client_order_id: the client's own name for it, once for each account.
    replaces_id: the order whose place it takes.
    """

    client_order_id: str
    symbol: str
    side: str
    kind: str
    quantity: Decimal
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    replaces_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Order(Ticket):
    """An order as it is stored. status: `open`, `filled`, `cancelled`, `replaced` or `rejected`."""

    id: UUID
    account_id: UUID
    status: str
    filled_quantity: Decimal
    reject_reason: str | None
    created_at: datetime
    updated_at: datetime

    def ticket(self) -> Ticket:
        """Return what was wanted."""
        return Ticket(**{name: getattr(self, name) for name in Ticket.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class Execution:
    """An order that is being filled, whole."""

    order_id: UUID
    quantity: Decimal
    price: Decimal
    filled_at: datetime


@dataclass(frozen=True, kw_only=True)
class Fill(Execution):
    """A fill as it is stored. id: rises with each fill of an account."""

    id: int


@dataclass(frozen=True, kw_only=True)
class AccountFill(Fill):
    """A fill, with what its order says."""

    symbol: str
    side: str


@dataclass(frozen=True, kw_only=True)
class OrderInFull:
    """An order with its fills. is_new: whether the request that it answers has made it."""

    order: Order
    fills: list[Fill]
    is_new: bool = False


@dataclass(frozen=True, kw_only=True)
class Matched:
    """What became of an account's open orders: the fills in their order, and the orders that were rejected."""

    fills: list[AccountFill]
    rejected: list[Order]


@dataclass(frozen=True, kw_only=True)
class Position:
    """What an account holds of a symbol, on average at what cost, and what it has earned with it."""

    account_id: UUID
    symbol: str
    quantity: Decimal
    average_cost: Decimal
    realised_profit: Decimal
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Strategy:
    """A way of trading. parameters: JSON, see `parameters.py`."""

    id: UUID
    user_id: UUID
    name: str
    kind: str
    parameters: dict[str, Any]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """What a strategy is doing. state: `stopped`, `running` or `paused`. version: rises with each change of state.

    A strategy that was never started has version 0, no account, and no row.
    """

    strategy_id: UUID
    account_id: UUID | None
    state: str
    version: int
    started_at: datetime | None
    heartbeat_at: datetime | None
    updated_at: datetime | None


def never_started(strategy_id: UUID) -> Runtime:
    """Return the runtime of a strategy that was never started."""
    return Runtime(
        strategy_id=strategy_id,
        account_id=None,
        state="stopped",
        version=0,
        started_at=None,
        heartbeat_at=None,
        updated_at=None,
    )
