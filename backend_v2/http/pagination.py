"""Page through lists by key: a token says, signed, after which row the next page begins."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from backend_v2.errors import BadRequest

First = TypeVar("First")
Second = TypeVar("Second")

_MAC_BYTES = 16
_REFUSED = "page_token is not one that this list gave out"


class Cursor:
    """Where a reader is in one list. scope: what is being listed, with its filters.

    A route asks `one` or `two` for the key of the last row of the page before, and `token` for the next page's.
    """

    def __init__(self, scope: str, *, key: bytes) -> None:
        self._scope = scope
        self._key = key

    def one(self, token: str | None, read: Callable[[Any], First]) -> First | None:
        """Return the key in a token of a list with one key, or None for the first page. Raises BadRequest."""
        return None if token is None else read(self._decoded(token)[0])

    def two(
        self, token: str | None, read_first: Callable[[Any], First], read_second: Callable[[Any], Second]
    ) -> tuple[First, Second] | None:
        """Return the keys in a token of a list with two keys, or None for the first page. Raises BadRequest."""
        if token is None:
            return None
        first, second = self._decoded(token)
        return read_first(first), read_second(second)

    def token(self, last: object) -> str | None:
        """Return the token for the page after the row with this key, or a tuple of keys; None when there is none.

        Days and instants are written as ISO 8601 and UUIDs as text, which is what `fromisoformat` and `UUID` read.
        """
        if last is None:
            return None
        keys = last if isinstance(last, tuple) else (last,)
        return encode([_written(one) for one in keys], scope=self._scope, key=self._key)

    def _decoded(self, token: str) -> list[Any]:
        return decode(token, scope=self._scope, key=self._key)


def encode(after: list[Any], *, scope: str, key: bytes) -> str:
    """Return the token for the page after the row with these key values.

    scope: what is being listed, with its filters; a token is refused elsewhere.
    """
    payload = json.dumps(after, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(payload, scope, key) + payload).rstrip(b"=").decode()


def decode(token: str, *, scope: str, key: bytes) -> list[Any]:
    """Return the key values in a token; raises BadRequest when it was not made here for this list."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise BadRequest(_REFUSED) from error
    mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(payload, scope, key)):
        raise BadRequest(_REFUSED)
    return list(json.loads(payload))


def _written(key: object) -> object:
    if isinstance(key, date):  # an instant is one as well
        return key.isoformat()
    return str(key) if isinstance(key, UUID) else key


def _mac(payload: bytes, scope: str, key: bytes) -> bytes:
    return hmac.new(key, scope.encode() + b"\0" + payload, hashlib.sha256).digest()[:_MAC_BYTES]
