"""What requests and answers of every domain are made of.

The description of a field says exactly what is taken: nothing is trimmed, rounded or guessed, so
that a client that goes by the description is never refused, and one that does not always is.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic.json_schema import WithJsonSchema

LARGEST = 2**63 - 1
"""The largest whole number of a column."""

_INTEGER = r"-?(0|[1-9][0-9]{0,18})"
_DECIMAL = r"(?!0+(\.0+)?$)[0-9]{1,12}(\.[0-9]{1,6})?"
_UUID = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


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
    """Let only plain decimal text through: a number of JSON may have lost digits, and Python reads ` 1_0e3`."""
    if not isinstance(value, str) or not re.fullmatch(_DECIMAL, value):
        raise ValueError('it must be decimal text, such as "12.50"')
    return value


def _hyphenated(value: Any) -> Any:
    if not re.fullmatch(_UUID, _only_text(value)):
        raise ValueError("it is no UUID such as 123e4567-e89b-12d3-a456-426614174000")
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not (isinstance(value, int) or (isinstance(value, str) and _is_integer(value))):
        raise ValueError("it must be a whole number")
    return value


def _is_integer(text: str) -> bool:
    return re.fullmatch(_INTEGER, text) is not None


def _flag(value: Any) -> Any:
    if not isinstance(value, str) or value not in {"true", "false"}:
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

# What a space is, is spelled out: `\s` is one thing to pydantic and another to readers of a JSON schema.
_CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_BLANKS = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"

LINE = f"^[^{_BLANKS}]([^{_CONTROLS}]*[^{_BLANKS}])?$"
"""The pattern of one line that neither begins nor ends with a space, for a field with a length of its own."""

TEXT = rf"^[{_BLANKS.replace('x00', 'x01', 1)}]*[^{_BLANKS}][^\x00]*$"
"""The pattern of text of several lines, not all of it space, for a field with a length of its own."""

Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=LINE)]
"""One line of text that neither begins nor ends with a space."""

Prose = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=TEXT)]
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
    WithJsonSchema({"type": "string", "pattern": f"^{_DECIMAL}$"}),
]
"""A price, an amount of money or of shares, above 0, as decimal text: 12 digits before the point, 6 after."""

PriceOut = Annotated[str, StringConstraints(pattern=r"^-?[0-9]+\.[0-9]{6}$")]
"""The same in answers, with exactly 6 places."""

Id = Annotated[UUID, BeforeValidator(_hyphenated)]
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
    "LARGEST", "LINE", "TEXT", "AfterValidator", "Closed", "Currency", "Day", "Email", "Id", "Limit", "Name",
    "PageToken", "Price", "PriceOut", "Prose", "QueryFlag", "RowId", "Symbol", "limit",
]  # fmt: skip
