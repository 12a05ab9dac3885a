"""Page through lists by key: a token says, signed, after which row the next page begins."""

import base64
import hashlib
import hmac
import json
from typing import Any

from backend_v2.errors import BadRequest

_MAC_BYTES = 16
_REFUSED = "page_token is not one that this list gave out"


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
