"""Values as plain JSON and back, without loss.

A value is null for None, else its type's name with its canonical text, or with its members. What JSON or UTF-8
cannot hold (a lone surrogate) is escaped. A type that is not known here comes back as an `Opaque`. Of an
instant's zone the offset is kept, not the name.

The worker processes of a run send tens of thousands of cells through here: each costs one look-up by its exact
type.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

JsonObject = dict[str, Any]
"""A JSON object: its members are null, bool, int, float, str, lists of them, or objects again."""


@dataclass(frozen=True)
class Opaque:
    """A value of a type that has no form of its own here: equal when type and text are.

    type: the name of its type. text: its `repr`, without addresses in memory.
    """

    type: str
    text: str


def encode_value(value: Any) -> JsonObject | None:
    """Return a value as JSON."""
    return _ENCODERS.get(type(value), _encode_other)(value)


def decode_value(encoded: JsonObject | None) -> Any:
    """Return the value that `encode_value` was given."""
    if encoded is None:
        return None
    decoder = _DECODERS.get(encoded["type"])
    if decoder is None:
        return Opaque(encoded["type"], encoded["text"])
    return decoder(encoded)


def encode_row(row: Iterable[Any]) -> list[JsonObject | None]:
    """Return a row's values as JSON."""
    find, other = _ENCODERS.get, _encode_other
    return [find(type(value), other)(value) for value in row]


def plain(text: str) -> str:
    """Return a text that UTF-8 can hold: a lone surrogate is shown as its escape."""
    if text.isascii():
        return str(text)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_DURATION = re.compile(r"(?:(-?\d+) days?, )?(\d+):(\d\d):(\d\d)(?:\.(\d{6}))?")
_ESCAPED = re.compile(r"\\(\\|u[0-9a-f]{4})")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _texted(name: str, text: Callable[[Any], str] = str) -> Callable[[Any], JsonObject]:
    return lambda value: {"type": name, "text": text(value)}


def _encode_none(_value: None) -> None:
    return None


def _encode_text(value: str) -> JsonObject:
    if value.isascii() or not _SURROGATE.search(value):
        return {"type": "str", "text": value}
    escaped = _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", value.replace("\\", "\\\\"))
    return {"type": "str", "text": escaped, "escaped": True}


def _decode_text(encoded: JsonObject) -> str:
    text: str = encoded["text"]
    if "escaped" not in encoded:
        return text
    return _ESCAPED.sub(lambda found: "\\" if found[1] == "\\" else chr(int(found[1][1:], 16)), text)


def _encode_int(value: int) -> JsonObject:
    try:
        return {"type": "int", "text": str(value)}
    except ValueError:  # Python limits how many decimal digits it converts; hexadecimal ones are not limited.
        return {"type": "int", "text": hex(value)}


def _decode_int(encoded: JsonObject) -> int:
    text: str = encoded["text"]
    return int(text, 16) if "x" in text else int(text)


def _encode_instant(value: dt.datetime) -> JsonObject:
    name = "datetime[naive]" if value.tzinfo is None else "datetime[tz]"
    return {"type": name, "text": value.isoformat(" ")}


def _encode_view(value: memoryview) -> JsonObject:
    try:
        return {"type": "memoryview", "text": value.tobytes().hex()}
    except ValueError:  # The driver has released it.
        return _encode_other(value)


def _encode_list(value: list[Any]) -> JsonObject:
    find, other = _ENCODERS.get, _encode_other
    return {"type": "list", "items": [find(type(item), other)(item) for item in value]}


def _encode_tuple(value: tuple[Any, ...]) -> JsonObject:
    return {"type": "tuple", "items": encode_row(value)}


def _encode_dict(value: dict[Any, Any]) -> JsonObject:
    find, other = _ENCODERS.get, _encode_other
    return {
        "type": "dict",
        "items": [[_encode_key(key), find(type(item), other)(item)] for key, item in value.items()],
    }


def _encode_key(key: Any) -> str | JsonObject | None:
    """A key is a text where it is one, else a value like any other."""
    if type(key) is str and (key.isascii() or not _SURROGATE.search(key)):
        return key
    return encode_value(key)


def _decode_dict(encoded: JsonObject) -> dict[Any, Any]:
    items = encoded["items"]
    return {(key if type(key) is str else decode_value(key)): decode_value(item) for key, item in items}


def _encode_opaque(value: Opaque) -> JsonObject:
    return {"type": value.type, "text": value.text}


def _encode_other(value: Any) -> JsonObject:
    kind = type(value)
    name = kind.__name__
    if name in _DECODERS:  # Somebody else's class of that name.
        name = f"{kind.__module__}.{kind.__qualname__}"
    return {"type": plain(name), "text": plain(_ADDRESS.sub("", _repr(value)))}


def _repr(value: Any) -> str:
    """The value's repr; a set's members are sorted, as their order differs from process to process."""
    try:
        if isinstance(value, set | frozenset):
            return f"{{{', '.join(sorted(map(repr, value)))}}}"
        return repr(value)
    except Exception as error:  # noqa: BLE001 - the application's own code may raise anything
        return f"<repr failed: {type(error).__name__}>"


def _decode_duration(encoded: JsonObject) -> dt.timedelta:
    found = _DURATION.fullmatch(encoded["text"])
    if found is None:
        raise ValueError(encoded["text"])
    days, hours, minutes, seconds, microseconds = (int(part or 0) for part in found.groups())
    return dt.timedelta(days, seconds, microseconds, 0, minutes, hours)


def _from_text(convert: Callable[[str], Any]) -> Callable[[JsonObject], Any]:
    return lambda encoded: convert(encoded["text"])


_ENCODERS: dict[type, Callable[[Any], JsonObject | None]] = {
    type(None): _encode_none,
    str: _encode_text,
    int: _encode_int,
    bool: _texted("bool"),
    float: _texted("float", repr),
    Decimal: _texted("Decimal"),
    dt.datetime: _encode_instant,
    dt.date: _texted("date"),
    dt.time: _texted("time"),
    dt.timedelta: _texted("timedelta"),
    UUID: _texted("UUID"),
    bytes: _texted("bytes", bytes.hex),
    bytearray: _texted("bytearray", bytearray.hex),
    memoryview: _encode_view,
    list: _encode_list,
    tuple: _encode_tuple,
    dict: _encode_dict,
    Opaque: _encode_opaque,
}
_DECODERS: dict[str, Callable[[JsonObject], Any]] = {
    "str": _decode_text,
    "int": _decode_int,
    "bool": lambda encoded: encoded["text"] == "True",
    "float": _from_text(float),
    "Decimal": _from_text(Decimal),
    "datetime[naive]": _from_text(dt.datetime.fromisoformat),
    "datetime[tz]": _from_text(dt.datetime.fromisoformat),
    "date": _from_text(dt.date.fromisoformat),
    "time": _from_text(dt.time.fromisoformat),
    "timedelta": _decode_duration,
    "UUID": _from_text(UUID),
    "bytes": _from_text(bytes.fromhex),
    "bytearray": _from_text(bytearray.fromhex),
    "memoryview": lambda encoded: memoryview(bytes.fromhex(encoded["text"])),
    "list": lambda encoded: list(map(decode_value, encoded["items"])),
    "tuple": lambda encoded: tuple(map(decode_value, encoded["items"])),
    "dict": _decode_dict,
}
