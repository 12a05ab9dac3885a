"""What the trading routes take and give; money, prices and quantities are decimal text."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, RootModel, StringConstraints
from pydantic.json_schema import WithJsonSchema

from backend_v2.errors import JsonDoesNotFit
from backend_v2.http.fields import Closed, Currency, Id, Limit, Name, PageToken, Price, PriceOut, Symbol, limit
from backend_v2.trading.parameters import described, normalised

Side = Literal["buy", "sell"]
OrderKind = Literal["market", "limit", "stop"]
OrderStatus = Literal["open", "filled", "cancelled", "replaced", "rejected"]
StrategyKind = Literal["moving_average_crossover", "mean_reversion", "breakout", "buy_and_hold"]
State = Literal["stopped", "running", "paused"]

_LARGEST_VERSION = 2**31 - 2


def _text(value: Any) -> Any:
    return f"{value:.6f}" if isinstance(value, Decimal) else value


def _parameters(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("it must be an object")  # noqa: TRY004 - pydantic takes ValueError alone
    try:
        return normalised(value)
    except JsonDoesNotFit as error:
        raise ValueError(str(error)) from error


Amount = Annotated[PriceOut, BeforeValidator(_text)]
"""Money, a price or a quantity in an answer, made of a Decimal."""

ClientOrderId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
"""The client's own name for an order."""

Parameters = Annotated[dict[str, Any], BeforeValidator(_parameters), WithJsonSchema(described())]
"""The parameters of a strategy."""

Version = Annotated[int, Field(strict=True, ge=0, le=_LARGEST_VERSION)]
"""Which version of a runtime the caller has seen; 0 before it was ever started."""


class AccountIn(Closed):
    """A paper account to open."""

    name: Name
    starting_cash: Price
    currency: Currency = "USD"


class AccountOut(BaseModel):
    """A paper account. cash: what is left of starting_cash after all fills; positions are not part of it."""

    id: UUID
    name: str
    currency: str
    cash: Amount
    starting_cash: Amount
    created_at: datetime


class AccountsOut(BaseModel):
    """A user's accounts, the oldest first."""

    accounts: list[AccountOut]


class _OrderIn(Closed):
    client_order_id: ClientOrderId
    symbol: Symbol
    side: Side
    quantity: Price


class MarketOrderIn(_OrderIn):
    """An order at the latest quote, whatever it is."""

    kind: Literal["market"]


class LimitOrderIn(_OrderIn):
    """An order at the limit price or a better one."""

    kind: Literal["limit"]
    limit_price: Price


class StopOrderIn(_OrderIn):
    """An order at the latest quote, once that has reached the stop price or a worse one."""

    kind: Literal["stop"]
    stop_price: Price


class OrderIn(RootModel[Annotated[MarketOrderIn | LimitOrderIn | StopOrderIn, Field(discriminator="kind")]]):
    """An order to place; its kind says which price it has."""


class OrderChangesIn(Closed):
    """What the order that takes another's place has in place of it; what is null or left out stays as it is."""

    client_order_id: ClientOrderId
    quantity: Price | None = None
    limit_price: Price | None = None
    stop_price: Price | None = None


class OrdersIn(Closed):
    """Which orders of an account: of one status or symbol or of all, a page of at most limit."""

    status: OrderStatus | None = None
    symbol: Symbol | None = None
    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class PageIn(Closed):
    """A page of at most limit."""

    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class OrderOut(BaseModel):
    """An order. replaces_id: the order whose place it took. reject_reason: why it could not be filled."""

    id: UUID
    account_id: UUID
    client_order_id: str
    symbol: str
    side: Side
    kind: OrderKind
    status: OrderStatus
    quantity: Amount
    filled_quantity: Amount
    limit_price: Amount | None
    stop_price: Amount | None
    replaces_id: UUID | None
    reject_reason: str | None
    created_at: datetime
    updated_at: datetime


class FillOut(BaseModel):
    """A fill. amount: quantity times price, by which it has changed the cash."""

    id: int
    order_id: UUID
    quantity: Amount
    price: Amount
    amount: Amount
    filled_at: datetime


class AccountFillOut(FillOut):
    """A fill, with what its order says."""

    symbol: str
    side: Side


class OrderInFullOut(OrderOut):
    """An order with its fills, the oldest first."""

    fills: list[FillOut]


class OrdersOut(BaseModel):
    """A page of orders, the newest first, and the token for the next one, if there is one."""

    orders: list[OrderOut]
    next_page_token: str | None


class FillsOut(BaseModel):
    """A page of fills, the newest first, and the token for the next one, if there is one."""

    fills: list[AccountFillOut]
    next_page_token: str | None


class MatchedOut(BaseModel):
    """What became of an account's open orders: fills in their order, and the orders that were rejected."""

    fills: list[AccountFillOut]
    rejected: list[OrderOut]


class PositionOut(BaseModel):
    """What an account holds of a symbol. book_value: quantity times average_cost."""

    symbol: str
    quantity: Amount
    average_cost: Amount
    book_value: Amount
    realised_profit: Amount
    updated_at: datetime


class PositionsOut(BaseModel):
    """A page of positions in order of the symbol, and the token for the next one, if there is one."""

    positions: list[PositionOut]
    next_page_token: str | None


class StrategyIn(Closed):
    """A strategy to keep."""

    name: Name
    kind: StrategyKind
    parameters: Parameters


class StrategyChangesIn(Closed):
    """What is to change; what is null or left out stays as it is, parameters are replaced as a whole."""

    name: Name | None = None
    kind: StrategyKind | None = None
    parameters: Parameters | None = None


class StrategiesIn(Closed):
    """A page of at most limit."""

    limit: Limit = limit(50, 100)
    page_token: PageToken | None = None


class StrategyOut(BaseModel):
    """A strategy."""

    id: UUID
    name: str
    kind: StrategyKind
    parameters: dict[str, Any]
    created_at: datetime
    updated_at: datetime


class StrategiesOut(BaseModel):
    """A page of strategies, the newest first, and the token for the next one, if there is one."""

    strategies: list[StrategyOut]
    next_page_token: str | None


class VersionIn(Closed):
    """Which version of the runtime the caller has seen."""

    version: Version


class StartIn(VersionIn):
    """The same, and on which account the strategy is to run."""

    account_id: Id


class RuntimeOut(BaseModel):
    """What a strategy is doing. version: rises with each change of state. stale: it should run and does not."""

    strategy_id: UUID
    account_id: UUID | None
    state: State
    version: int
    stale: bool
    started_at: datetime | None
    heartbeat_at: datetime | None
    updated_at: datetime | None
