"""What the market data routes take and give; prices are text, so that no digit is lost."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import WithJsonSchema

from backend_v2.errors import NotFound
from backend_v2.http.fields import LINE, Closed, Limit, PageToken, Price, PriceOut, QueryFlag, Symbol, limit
from backend_v2.market_data.records import TIMEFRAME

_DAY = r"(?!0000|0001|9999)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_DAY_ALONE, _MOMENT = re.compile(_DAY), re.compile(_DAY + _TIME)
_INSTANT_OR_DAY = WithJsonSchema(
    {
        "type": "string",
        "pattern": f"^{_DAY}({_TIME})?$",
        "anyOf": [{"format": "date-time"}, {"format": "date"}],
    }
)


def _first_moment(value: Any) -> Any:
    return _moment(value, time.min)


def _last_moment(value: Any) -> Any:
    return _moment(value, time.max)


def _moment(value: Any, of_day: time) -> Any:
    """Read a day as one moment of it, in UTC; let no number pass, which pydantic takes for a timestamp.

    The first two years and the last one of the calendar are left out: not every time zone can show them.
    """
    if isinstance(value, str) and _DAY_ALONE.fullmatch(value):
        return datetime.combine(date.fromisoformat(value), of_day, UTC)
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError(
            "it is neither a day, 2024-01-31, nor an instant with a zone, 2024-01-31T12:00:00Z, of the years 2 to 9998"
        )
    return value


def _in_utc(value: datetime) -> datetime:
    return value.astimezone(UTC)


Start = Annotated[AwareDatetime, BeforeValidator(_first_moment), AfterValidator(_in_utc), _INSTANT_OR_DAY]
End = Annotated[AwareDatetime, BeforeValidator(_last_moment), AfterValidator(_in_utc), _INSTANT_OR_DAY]
TimeframeName = Annotated[str, StringConstraints(pattern=TIMEFRAME)]

Company = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=LINE),
]
"""One line of text that neither begins nor ends with a space: `Name`, of the length that this column has."""

Exchange = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,19}$")]
AssetClass = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z][A-Za-z0-9_]{0,19}$")]
Query = Annotated[
    str,
    StringConstraints(min_length=1, max_length=50, pattern=LINE),
]
"""What is looked for: neither begins nor ends with a space."""

MOST_QUOTES = 100
Symbols = Annotated[
    str,
    StringConstraints(
        to_upper=True,
        pattern=rf"^[A-Za-z][A-Za-z.]{{0,15}}(,[A-Za-z][A-Za-z.]{{0,15}}){{0,{MOST_QUOTES - 1}}}$",
    ),
]
"""Up to a hundred symbols, with commas between."""

_SYMBOL: TypeAdapter[str] = TypeAdapter(Symbol)


def symbol_in_path(text: str) -> str:
    """Return the symbol in capitals; raises NotFound for what is none: there is nothing of that name."""
    try:
        return _SYMBOL.validate_python(text)
    except ValidationError:
        raise NotFound("there is no such symbol") from None


class _Stretch(Closed):
    """From start to end, both inclusive: RFC 3339 with a zone, or days in UTC, of which the end is included whole."""

    start: Start
    end: End

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError("end should not be before start")
        return self


class BarsIn(_Stretch):
    """Which bars: from start to end, both inclusive, a page of at most limit.

    start, end: RFC 3339 with a zone, or days in UTC, of which the end is included as a whole.
    """

    symbol: Symbol
    timeframe: TimeframeName
    limit: Limit = limit(1000, 10_000)
    page_token: PageToken | None = None


class BarOut(BaseModel):
    """One bar. t: its start, UTC. o, h, l, c, vw: prices as decimal text. v: shares. n: trades."""

    t: datetime
    o: PriceOut
    h: PriceOut
    l: PriceOut  # noqa: E741 - the name of the market data API
    c: PriceOut
    v: int
    n: int | None
    vw: PriceOut | None


class BarsOut(BaseModel):
    """A page of bars in order of time, and the token for the next one, if there is one."""

    symbol: str
    timeframe: str
    bars: list[BarOut]
    next_page_token: str | None


class SymbolsIn(Closed):
    """Which symbols: that begin with `query`, or whose names have a word that does; a page of at most limit."""

    query: Query | None = None
    tradable: QueryFlag | None = None
    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class ListingIn(Closed):
    """What a symbol stands for."""

    name: Company
    exchange: Exchange
    asset_class: AssetClass
    tradable: bool = Field(strict=True)


class TradableIn(Closed):
    """Whether a symbol can be traded."""

    tradable: bool = Field(strict=True)


class ImportedListingIn(ListingIn):
    """A symbol, and what it stands for."""

    symbol: Symbol


class ImportIn(Closed):
    """Symbols to store; of two alike the later stays."""

    symbols: list[ImportedListingIn] = Field(min_length=1, max_length=1000)


class ImportOut(BaseModel):
    """How many symbols are new, and how many were there and are written anew."""

    created: int
    updated: int


class SymbolOut(BaseModel):
    """A symbol. updated_at: when it was last written."""

    symbol: str
    name: str
    exchange: str
    asset_class: str
    tradable: bool
    updated_at: datetime


class SymbolsOut(BaseModel):
    """A page of symbols, in their order, and the token for the next one, if there is one."""

    symbols: list[SymbolOut]
    next_page_token: str | None


class QuotesIn(Closed):
    """Whose latest quotes: of up to a hundred symbols, with commas between."""

    symbols: Symbols


class QuoteOut(BaseModel):
    """The best bid and ask. A price of 0.000000 means that nobody offers. Sizes in shares."""

    symbol: str
    bid: PriceOut
    ask: PriceOut
    bid_size: int
    ask_size: int
    quoted_at: datetime


class QuotesOut(BaseModel):
    """Quotes in order of the symbols. without_quote: those that the market data API does not know."""

    quotes: list[QuoteOut]
    without_quote: list[str]


class BacktestIn(_Stretch):
    """What to trade, over which stretch, with how much cash. fast, slow: over how many closes the averages are."""

    symbol: Symbol
    timeframe: TimeframeName
    starting_cash: Price
    fast: int = Field(strict=True, ge=1, le=999)
    slow: int = Field(strict=True, ge=2, le=1000)

    @model_validator(mode="after")
    def _averages_are_two(self) -> Self:
        if self.slow <= self.fast:
            raise ValueError("slow should be more than fast")
        return self


class BacktestsIn(Closed):
    """A page of at most limit."""

    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class BacktestOut(BaseModel):
    """A run. bars: how many there were. max_drawdown: the deepest fall of its worth from a peak, as an amount."""

    id: UUID
    symbol: str
    timeframe: str
    status: str
    start: datetime
    end: datetime
    fast: int
    slow: int
    bars: int
    starting_cash: PriceOut
    ending_cash: PriceOut | None
    profit: PriceOut | None
    max_drawdown: PriceOut | None
    created_at: datetime
    finished_at: datetime | None


class BacktestInFullOut(BacktestOut):
    """A run, and how many trades it made."""

    trades: int


class BacktestsOut(BaseModel):
    """A page of runs, the newest first, and the token for the next one, if there is one."""

    backtests: list[BacktestOut]
    next_page_token: str | None


class TradesIn(Closed):
    """A page of at most limit."""

    limit: Limit = limit(50, 500)
    page_token: PageToken | None = None


class TradeOut(BaseModel):
    """A trade. side: `buy` or `sell`. quantity: shares. traded_at: the beginning of the bar in which it was made."""

    side: str
    quantity: PriceOut
    price: PriceOut
    traded_at: datetime


class TradesOut(BaseModel):
    """A page of trades in the order in which they were made, and the token for the next one, if there is one."""

    trades: list[TradeOut]
    next_page_token: str | None
