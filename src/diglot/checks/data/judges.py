"""What is wrong with one stored value, for the Postgres type that it is to become.

A judge takes a storage class (`integer`, `real`, `text`, `blob`) and the value, texts as bytes, and names problems; it
never shows a value. `suspects` narrows, in SQL, which rows have to be looked at one by one.
"""

import datetime as dt
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from diglot.checks.data.target import TargetColumn

Stored = int | float | bytes | None
Judge = Callable[[str, Stored], tuple[str, ...]]
Text = Callable[[str], tuple[str, ...]]

WRONG_CLASS = "wrong-class"
FINE: tuple[str, ...] = ()

_INTEGERS: Mapping[str, tuple[int, int]] = {
    "int2": (-(2**15), 2**15 - 1),
    "int4": (-(2**31), 2**31 - 1),
    "int8": (-(2**63), 2**63 - 1),
    "oid": (0, 2**32 - 1),
}
_WIDE = Context(prec=2000, rounding=ROUND_HALF_UP)
_FLOAT4_MOST = 3.4028235677973366e38
_UUID = re.compile(r"\{?(?:[0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}\}?")
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)?(?P<gap>(?(date)[ T]))?(?P<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?"
    r" ?(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?"
)
_TEXTS = frozenset({"text", "varchar", "bpchar", "name", "citext"})
_DATES = frozenset({"date", "timestamp", "timestamptz", "time", "timetz"})
# Any letter beyond ASCII, or one that ends what SQLite takes for the text: Python has to look at it.
_ODD_TEXT = "({c} GLOB '*[^ -~]*' OR length(CAST({c} AS BLOB)) <> length({c}))"


@dataclass(frozen=True)
class Judging:
    """How a column is judged. suspects: a condition on `{c}` that every value with a problem meets; NULLs aside."""

    judge: Judge
    suspects: str = "1"


def judging(column: TargetColumn, encoding: str) -> Judging | None:
    """Return how a column's values are judged, None for a type that is not known here."""
    base = column.base
    if base in _INTEGERS:
        low, high = _INTEGERS[base]
        return Judging(_integer(low, high), f"(typeof({{c}}) <> 'integer' OR {{c}} NOT BETWEEN {low} AND {high})")
    if base in {"float4", "float8"}:
        most = _FLOAT4_MOST if base == "float4" else math.inf
        return Judging(_float(most), f"(typeof({{c}}) NOT IN ('integer', 'real') OR abs({{c}}) > {_FLOAT4_MOST!r})")
    if base in _TEXTS:
        long = "" if column.length is None else f" OR length({{c}}) > {column.length}"
        judge = _texts(encoding, lambda text: _plain_text(text, column.length))
        return Judging(judge, f"(typeof({{c}}) <> 'text' OR {_ODD_TEXT}{long})")
    return _SIMPLE.get(base) or _parsed(column, encoding)


def _parsed(column: TargetColumn, encoding: str) -> Judging | None:
    if column.base == "numeric":
        return Judging(_number(column, encoding))
    if column.base in {"json", "jsonb"}:
        return Judging(_json(column.base, encoding))
    if column.base in _DATES:
        return Judging(_texts(encoding, lambda text: _moment(text, column.base)))
    if column.base == "uuid":
        return Judging(_texts(encoding, lambda text: FINE if _UUID.fullmatch(text) else ("bad-uuid",)))
    if column.base == "enum":
        return Judging(_texts(encoding, lambda text: FINE if text in column.labels else ("not-in-enum",)))
    return None


def _classes(*fitting: str) -> Judge:
    return lambda storage, _value: FINE if storage in fitting else (WRONG_CLASS,)


def _integer(low: int, high: int) -> Judge:
    def judge(storage: str, value: Stored) -> tuple[str, ...]:
        if storage != "integer" or not isinstance(value, int):
            return (WRONG_CLASS,)
        return FINE if low <= value <= high else ("out-of-range",)

    return judge


def _boolean(storage: str, value: Stored) -> tuple[str, ...]:
    if storage != "integer":
        return (WRONG_CLASS,)
    return FINE if value in {0, 1} else ("not-boolean",)


def _float(most: float) -> Judge:
    def judge(_storage: str, value: Stored) -> tuple[str, ...]:
        if not isinstance(value, int | float):
            return (WRONG_CLASS,)
        return ("out-of-range",) if most < abs(value) < math.inf else FINE

    return judge


def _texts(encoding: str, judge_text: Text) -> Judge:
    """Return a judge of texts: what is no text, or none that Postgres stores, is told before it is read."""

    def judge(storage: str, value: Stored) -> tuple[str, ...]:
        if storage != "text" or not isinstance(value, bytes):
            return (WRONG_CLASS,)
        try:
            text = value.decode(encoding)
        except UnicodeDecodeError:
            return ("not-utf8",)
        return ("nul-character",) if "\0" in text else judge_text(text)

    return judge


def _plain_text(text: str, length: int | None) -> tuple[str, ...]:
    """Postgres cuts blanks off at the end of what is too long, and refuses the rest."""
    return FINE if length is None or len(text.rstrip(" ")) <= length else ("too-long",)


def _number(column: TargetColumn, encoding: str) -> Judge:
    def judge(storage: str, value: Stored) -> tuple[str, ...]:
        if storage == "blob" or value is None:
            return (WRONG_CLASS,)
        try:
            number = Decimal(value.decode(encoding).strip() if isinstance(value, bytes) else repr(value))
        except (InvalidOperation, UnicodeDecodeError):
            return ("bad-number",)
        if column.precision is None:
            return FINE
        if not number.is_finite():
            return FINE if number.is_nan() else ("number-too-large",)
        return _fits(number, column.precision, column.scale or 0)

    return judge


def _fits(number: Decimal, precision: int, scale: int) -> tuple[str, ...]:
    """Postgres rounds to the scale, and refuses what then has too many digits in front of it."""
    try:
        rounded = number.quantize(Decimal(1).scaleb(-scale), context=_WIDE)
    except InvalidOperation:
        return ("number-too-large",)
    if abs(rounded) >= Decimal(10) ** (precision - scale):
        return ("number-too-large",)
    return FINE if rounded == number else ("number-rounded",)


def _moment(text: str, base: str) -> tuple[str, ...]:
    found = _MOMENT.fullmatch(text)
    if found is None or not _is_moment(found["date"], found["time"]):
        return ("bad-date",)
    if base in {"time", "timetz"}:
        return FINE if found["time"] and not found["date"] else ("bad-date",)
    if not found["date"] or (found["gap"] and not found["time"]):
        return ("bad-date",)
    if base == "date":
        midnight = not (found["time"] or "").strip("0:.")
        return FINE if midnight else ("time-lost",)
    if base == "timestamp":
        return ("offset-lost",) if found["offset"] else FINE
    return FINE if found["offset"] else ("no-offset",)


def _is_moment(date: str | None, time: str | None) -> bool:
    try:
        if date:
            dt.date.fromisoformat(date)
        if time:
            dt.time.fromisoformat(time.partition(".")[0])
    except ValueError:
        return False
    return bool(date or time)


def _json(base: str, encoding: str) -> Judge:
    decoder = json.JSONDecoder(parse_constant=_refuse)

    def judge_text(text: str) -> tuple[str, ...]:
        try:
            found = decoder.decode(text)
            if base == "json" or "\\u" not in text:
                return FINE
            json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            return ("bad-json",)
        return ("nul-character",) if "\\u0000" in json.dumps(found) else FINE

    of_text = _texts(encoding, judge_text)

    def judge(storage: str, value: Stored) -> tuple[str, ...]:
        if isinstance(value, int | float):  # a JSON column has numeric affinity: the text `5` is kept as a number
            return FINE if math.isfinite(value) else ("bad-json",)
        return of_text(storage, value)

    return judge


def _refuse(_constant: str) -> None:
    raise ValueError


_SIMPLE: Mapping[str, Judging] = {
    "bool": Judging(_boolean, "(typeof({c}) <> 'integer' OR {c} NOT IN (0, 1))"),
    "bytea": Judging(_classes("blob"), "typeof({c}) <> 'blob'"),
}
