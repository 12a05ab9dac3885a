"""What the market data routes take and give; prices are text, so that no digit is lost."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Symbol = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z][A-Za-z.]{0,15}$")]


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("it is outside of the calendar in UTC") from error


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class BarsIn(BaseModel):
    """Which bars: from start to end, both inclusive, a page of at most limit."""

    model_config = ConfigDict(extra="forbid")

    symbol: Symbol
    timeframe: str = Field(max_length=8)
    start: Instant
    end: Instant
    limit: int = Field(default=1000, ge=1, le=10_000)
    page_token: str | None = Field(default=None, max_length=200)


class BarOut(BaseModel):
    """One bar. t: its start, UTC. o, h, l, c, vw: prices as decimal text. v: shares. n: trades."""

    t: datetime
    o: str
    h: str
    l: str  # noqa: E741 - the name of the market data API
    c: str
    v: int
    n: int | None
    vw: str | None


class BarsOut(BaseModel):
    """A page of bars in order of time, and the token for the next one, if there is one."""

    symbol: str
    timeframe: str
    bars: list[BarOut]
    next_page_token: str | None
