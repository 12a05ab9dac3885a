"""Page through lists by key: a token says, signed, after which row the next page begins."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from backend_v2.errors import BadRequest

_MAC_BYTES = 16
_REFUSED = "page_token is not one that this list gave out"


class Cursor:
    """Where a reader is in one list. scope: what is being listed, with its filters.

    A route asks `after` for the last row of the page before, and `token` for the next page's token.
    """

    def __init__(self, scope: str, *, key: bytes) -> None:
        self._scope = scope
        self._key = key

    def after(self, token: str | None) -> list[Any] | None:
        """Return the key values in a token, as JSON keeps them; None for the first page. Raises BadRequest."""
        return None if token is None else decode(token, scope=self._scope, key=self._key)

    def token(self, last: Sequence[Any] | None) -> str | None:
        """Return the token for the page after the row with these key values, or None when there is none.

        last: values that JSON keeps: text, whole numbers, None.
        """
        return None if last is None else encode(list(last), scope=self._scope, key=self._key)


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


def _mac(payload: bytes, scope: str, key: bytes) -> bytes:
    return hmac.new(key, scope.encode() + b"\0" + payload, hashlib.sha256).digest()[:_MAC_BYTES]
