"""Encode the subset of CBOR that an authenticator sends, in CTAP2's canonical form.

It is written from RFC 8949 and the CTAP2 rules, and shares no code with the libraries that
verify: a mistake in their CBOR and one in ours would have to agree to stay hidden.
"""

import struct
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from diglot.errors.passkey import NotCanonical

Cbor: TypeAlias = bool | int | bytes | str | Sequence["Cbor"] | Mapping[int, "Cbor"] | Mapping[str, "Cbor"]

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP = range(6)
_FALSE, _TRUE = b"\xf4", b"\xf5"


def encode(value: Cbor) -> bytes:
    """Encode `value`: shortest heads, definite lengths, map keys sorted by length, then by bytes.

    Raises NotCanonical (DG711) for anything outside that subset: floats, None, integers beyond 64 bits.
    """
    match value:
        case bool():
            return _TRUE if value else _FALSE
        case int():
            return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
        case bytes():
            return _head(_BYTES, len(value)) + value
        case str():
            text = value.encode()
            return _head(_TEXT, len(text)) + text
        case Mapping():
            return _head(_MAP, len(value)) + b"".join(_sorted_entries(value))
        case Sequence():
            return _head(_ARRAY, len(value)) + b"".join(encode(item) for item in value)
    raise NotCanonical(value=repr(value), problem=f"an authenticator sends no {type(value).__name__}")


def _sorted_entries(mapping: Mapping[int, Cbor] | Mapping[str, Cbor]) -> list[bytes]:
    entries = [(encode(key), encode(value)) for key, value in mapping.items()]
    return [key + value for key, value in sorted(entries, key=lambda entry: (len(entry[0]), entry[0]))]


def _head(major: int, argument: int) -> bytes:
    kind = major << 5
    if argument < 24:
        return bytes([kind | argument])
    for additional, layout in ((24, ">B"), (25, ">H"), (26, ">I"), (27, ">Q")):
        if argument < 1 << (8 * struct.calcsize(layout)):
            return bytes([kind | additional]) + struct.pack(layout, argument)
    raise NotCanonical(value=str(argument), problem="it does not fit into 64 bits")
