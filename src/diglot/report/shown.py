"""Show encoded values, SQL and errors in a few words."""

import re
from typing import Any

from diglot.parity.codec import JsonObject

DIALECT_TITLES = {"sqlite": "SQLite", "postgresql": "Postgres"}

MOST_ROWS = 50
MOST_TEXT = 2000

_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_BARE = {"int", "bool", "float", "date", "time", "timedelta", "datetime[naive]", "datetime[tz]", "UUID"}
_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "dict": ("{", "}")}


def one_line(text: str, most: int = 160) -> str:
    """Return a text on one line, without control characters, of at most `most` characters."""
    flat = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _SPACE.sub(" ", text)).strip()
    return flat if len(flat) <= most else f"{flat[: most - 3].rstrip()}..."


def show_value(encoded: JsonObject | None, most: int = 80) -> str:
    """Return an encoded value as text, such as `'abc'`, `1` or `(1, Decimal 1.10)`."""
    return one_line(_value(encoded, most), most)


def show_typed(encoded: JsonObject | None, most: int = 80) -> str:
    """Return an encoded value with its type, such as `int 1`; None and what is missing have none."""
    if encoded is None:
        return "None"
    if encoded["type"] == "Missing":
        return "missing"
    if encoded["type"] in _BRACKETS:
        return show_value(encoded, most)
    return one_line(f"{encoded['type']} {_scalar(encoded, most)}", most)


def cut_value(encoded: JsonObject | None) -> JsonObject | None:
    """Return an encoded value with its texts cut to 2,000 characters and its lists to 50 members."""
    if encoded is None:
        return None
    if "text" in encoded:
        return encoded if len(encoded["text"]) <= MOST_TEXT else {**encoded, "text": cut_text(encoded["text"])}
    items: list[Any] = encoded["items"]
    shown: list[Any]
    if encoded["type"] == "dict":
        shown = [[key if isinstance(key, str) else cut_value(key), cut_value(item)] for key, item in items[:MOST_ROWS]]
    else:
        shown = [cut_value(item) for item in items[:MOST_ROWS]]
    if len(items) > MOST_ROWS:
        rest = {"type": "...", "text": f"{len(items) - MOST_ROWS:,} more"}
        shown.append(["...", rest] if encoded["type"] == "dict" else rest)
    return {"type": encoded["type"], "items": shown}


def cut_text(text: str) -> str:
    """Return a text cut to 2,000 characters, saying how long it is."""
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}... ({len(text):,} characters)"


def _value(encoded: JsonObject | None, most: int) -> str:
    if encoded is None:
        return "None"
    kind = encoded["type"]
    if kind not in _BRACKETS:
        bare = kind in _BARE or kind in {"str", "bytes"}
        return _scalar(encoded, most) if bare else f"{kind} {_scalar(encoded, most)}"
    opening, closing = _BRACKETS[kind]
    parts: list[str] = []
    length = 0
    for item in encoded["items"]:
        if length > most:
            parts.append("...")
            break
        parts.append(f"{_key(item[0])}: {_value(item[1], most)}" if kind == "dict" else _value(item, most))
        length += len(parts[-1]) + 2
    comma = "," if kind == "tuple" and len(parts) == 1 else ""
    return f"{opening}{', '.join(parts)}{comma}{closing}"


def _key(key: "str | JsonObject | None") -> str:
    return repr(key) if isinstance(key, str) else _value(key, 80)


def _scalar(encoded: JsonObject, most: int) -> str:
    text: str = encoded["text"]
    if encoded["type"] == "str":
        return repr(text if len(text) <= most else f"{text[:most]}...")
    if encoded["type"] == "bytes":
        return f"x'{text[:most]}'"
    return text[: most + 1]
