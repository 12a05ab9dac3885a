"""The values at which databases part: the limits of each type, what lies just past them, and what they confuse.

Each tuple begins with the value that a minimal case should show.
"""

import datetime as dt
import math
from decimal import Decimal
from typing import Any

LETTERS = "abAB01 xyzéß"
"""What ordinary text is made of: both cases of a letter, a digit, a blank, and two letters beyond ASCII."""

TEXTS = ("a", "A", "b", "", "ab", "aB")
"""Few enough that two draws are often equal, or equal but for their case."""

HOSTILE_TEXTS = (
    "\0",
    "a\0b",
    " a",
    "a ",
    " ",
    "%",
    "_",
    "\\",
    "a\\",
    "'",
    '"',
    "é",
    "e\N{COMBINING ACUTE ACCENT}",
    "É",
    "ß",
    "ẞ",
    "İ",
    "\N{LATIN SMALL LETTER DOTLESS I}",
    "\N{GRINNING FACE}",
    "\N{ZERO WIDTH SPACE}",
    "\N{NO-BREAK SPACE}",
    "\ufeff",
    "\r\n",
    "\t",
    "0",
    "007",
    "1e3",
    "null",
    "NaN",
    "true",
    "a-b",
    "a_b",
    "Z",
    "z",
)
"""NUL, blanks, patterns, quotes, a letter in two spellings, case pairs of two lengths, four bytes, numbers as text."""

LONG_OF = ("a", "é", "\N{GRINNING FACE}")
"""What texts that are as long as a column, and longer, are made of: one, two and four bytes a character."""

FLOATS = (0.0, 1.0, 0.1, 0.2, -1.0, 1e16, -1e16)
"""A sum of these depends on how it is made."""

HOSTILE_FLOATS = (math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308, 2.0**53 + 2, 16777217.0)

HOSTILE_DECIMALS = (Decimal("NaN"), Decimal("Infinity"), Decimal("-0"))

INSTANTS = (
    dt.datetime(2024, 1, 1),  # noqa: DTZ001 - a zone is added where the column has one
    dt.datetime(2024, 1, 1, 0, 0, 0, 1),  # noqa: DTZ001
    dt.datetime(2024, 3, 31, 2, 30),  # noqa: DTZ001
    dt.datetime(2024, 10, 27, 1, 30),  # noqa: DTZ001
)
"""A whole second beside one microsecond more, and hours that a zone may skip or have twice."""

HOSTILE_INSTANTS = (
    dt.datetime.min,  # noqa: DTZ901
    dt.datetime.max,  # noqa: DTZ901
    dt.datetime(1, 1, 2),  # noqa: DTZ001
    dt.datetime(1582, 10, 10),  # noqa: DTZ001
    dt.datetime(1969, 12, 31, 23, 59, 59, 999999),  # noqa: DTZ001
    dt.datetime(2038, 1, 19, 3, 14, 8),  # noqa: DTZ001
)

ZONES = (dt.UTC, dt.timezone(dt.timedelta(hours=5, minutes=30)), dt.timezone(dt.timedelta(hours=-8)))

DATES = (dt.date(2024, 1, 1), dt.date(2024, 2, 29))
HOSTILE_DATES = (dt.date.min, dt.date.max, dt.date(1582, 10, 10))
TIMES = (dt.time(0), dt.time(12, 30), dt.time(23, 59, 59, 999999))
INTERVALS = (dt.timedelta(0), dt.timedelta(seconds=1), dt.timedelta(days=31), dt.timedelta(microseconds=1))
HOSTILE_INTERVALS = (dt.timedelta(days=-1), dt.timedelta.max, dt.timedelta.min, dt.timedelta(hours=25))

JSON: tuple[Any, ...] = (None, {}, [], 0, "", {"a": 1}, {"a": None})
HOSTILE_JSON: tuple[Any, ...] = (
    math.nan,
    {"a": math.inf},
    {"a": "\0"},
    {"b": 1, "a": 2},
    {"a": 1.0},
    {"a": 1e400},
    {"a": 2**64},
    {"": 0},
    {"a": "\N{GRINNING FACE}"},
    "null",
)
"""What only one dialect takes, orders anew, or writes in another way."""


def integers(bits: int) -> tuple[int, ...]:
    """Return the limits of a signed integer of `bits` bits, one past each, and those of the other sizes."""
    most = 2 ** (bits - 1)
    near = (most, most - 1, -most - 1, -most)
    far = (2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63) - 1)
    return (*near, *(one for one in far if one not in near))


def decimals(precision: int, scale: int) -> tuple[Decimal, ...]:
    """Return the largest number of a NUMERIC, one digit too many before the point and after it, and its negative."""
    unit = Decimal(1).scaleb(-scale)
    above = Decimal(10) ** (precision - scale)
    return (above, above - unit, unit, unit / 10, unit * Decimal("1.5"), -above + unit, -above)
