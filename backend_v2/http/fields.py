"""What requests and answers of every domain are made of.

The description of a field says exactly what is taken: nothing is trimmed, rounded or guessed, so
that a client that goes by the description is never refused, and one that does not always is.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.json_schema import WithJsonSchema

LARGEST = 2**63 - 1
"""The largest whole number of a column."""

_INTEGER = r"^-?(0|[1-9][0-9]{0,18})$"


class Closed(BaseModel):
    """A request's body or query: a field that it does not name is refused."""

    model_config = ConfigDict(extra="forbid", strict=False)


def _only_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("it must be text")  # noqa: TRY004 - pydantic takes ValueError alone
    return value


def _whole_day(value: Any) -> Any:
    if len(_only_text(value)) != len("2024-01-31"):
        raise ValueError("it is no day such as 2024-01-31")
    return value


def _exact(value: Any) -> Any:
    """Let only decimal text through: a number of JSON may have lost digits before it came here."""
    if not isinstance(value, str):
        raise ValueError('it must be decimal text, such as "12.50"')  # noqa: TRY004 - the same
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("it must be a whole number")  # noqa: TRY004 - the same
    return value


def _flag(value: Any) -> Any:
    if value not in {"true", "false"}:
        raise ValueError("it must be true or false")
    return value == "true"


Email = Annotated[
    str,
    StringConstraints(
        to_lower=True,
        min_length=3,
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$",
    ),
]
"""An address as browsers take it (the HTML standard's valid e-mail address), in lower case."""

Name = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"
    ),
]
"""One line of text that neither begins nor ends with a space."""

Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$")]
"""Text of several lines, not all of it space."""

Symbol = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z][A-Za-z.]{0,15}$")]
"""A stock's symbol, in capitals."""

Currency = Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Za-z]{3}$")]
"""Three letters, in capitals."""

PageToken = Annotated[str, StringConstraints(min_length=1, max_length=300)]
"""Where the next page of a list begins."""

Day = Annotated[date, BeforeValidator(_whole_day)]
"""A day, 2024-01-31; a number would be taken for seconds since 1970, which nobody means."""

Price = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(gt=0, max_digits=18, decimal_places=6),
    WithJsonSchema({"type": "string", "pattern": r"^(?!0+(\.0+)?$)[0-9]{1,12}(\.[0-9]{1,6})?$"}),
]
"""A price, an amount of money or of shares, above 0, as decimal text: 12 digits before the point, 6 after."""

PriceOut = Annotated[str, StringConstraints(pattern=r"^-?[0-9]+\.[0-9]{6}$")]
"""The same in answers, with exactly 6 places."""

Id = Annotated[UUID, BeforeValidator(_only_text)]
"""The id of a row, in a body or a query."""

RowId = Annotated[int, Field(strict=True, ge=1, le=LARGEST)]
"""The number of a row."""

QueryFlag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
"""True or false, in a query."""


def limit(default: int, most: int) -> Any:
    """Return the field for how many rows a page has: from 1 to `most`."""
    return Field(default=default, ge=1, le=most)


Limit = Annotated[int, BeforeValidator(_number)]
"""How many rows a page has; give it `limit(default, most)`."""

__all__ = [
    "LARGEST", "AfterValidator", "Closed", "Currency", "Day", "Email", "Id", "Limit", "Name", "PageToken", "Price",
    "PriceOut", "Prose", "QueryFlag", "RowId", "Symbol", "limit",
]  # fmt: skip
