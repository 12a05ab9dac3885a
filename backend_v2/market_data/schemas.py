"""What the market data routes take and give; prices are text, so that no digit is lost."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.json_schema import WithJsonSchema

from backend_v2.market_data.records import EARLIEST

Symbol = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z][A-Za-z.]{0,15}$")]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d.*")
_INSTANT_OR_DAY = WithJsonSchema({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]})


def _first_moment(value: Any) -> Any:
    return _moment(value, time.min)


def _last_moment(value: Any) -> Any:
    return _moment(value, time.max)


def _moment(value: Any, of_day: time) -> Any:
    """Read a day as one moment of it, in UTC; let no number pass, which pydantic takes for a timestamp."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return datetime.combine(date.fromisoformat(value), of_day, UTC)
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("it is neither a day, 2024-01-31, nor an instant with a zone, 2024-01-31T12:00:00Z")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        instant = value.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("it is outside of the calendar in UTC") from error
    if instant < EARLIEST:
        raise ValueError(f"it is before {EARLIEST.date()}, which not every time zone can show")
    return instant


Start = Annotated[AwareDatetime, BeforeValidator(_first_moment), AfterValidator(_in_utc), _INSTANT_OR_DAY]
End = Annotated[AwareDatetime, BeforeValidator(_last_moment), AfterValidator(_in_utc), _INSTANT_OR_DAY]


class BarsIn(BaseModel):
    """Which bars: from start to end, both inclusive, a page of at most limit.

    start, end: RFC 3339 with a zone, or days in UTC, of which the end is included as a whole.
    """

    model_config = ConfigDict(extra="forbid")

    symbol: Symbol
    timeframe: str = Field(max_length=8)
    start: Start
    end: End
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
