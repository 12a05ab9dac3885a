"""What a browser answers to WebAuthn options, read without trusting a word of it."""

import json
import re
from typing import Any

from webauthn.helpers import base64url_to_bytes

from backend_v2.errors import BadRequest

REFUSED = "the passkey could not be verified"
LONGEST_ID = 1023
"""The longest credential id that the standard allows; Postgres could not index one of some thousand bytes."""

_TRANSPORT = re.compile(r"[a-z][a-z-]{0,19}")
_MOST_TRANSPORTS = 8


def client_data(credential: dict[str, Any]) -> dict[str, Any]:
    """Return what the client says of itself; raises BadRequest when it is not JSON of that form."""
    try:
        parsed = json.loads(raw_bytes(credential["response"]["clientDataJSON"]))
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadRequest(f"{REFUSED}: clientDataJSON is missing or malformed") from error
    if not isinstance(parsed, dict):
        raise BadRequest(f"{REFUSED}: clientDataJSON is no object")
    return parsed


def raw_bytes(text: Any) -> bytes:
    """Return what base64url text stands for; nothing, when it is no such text."""
    try:
        return base64url_to_bytes(text) if isinstance(text, str) else b""
    except ValueError:
        return b""


def refuse_cross_origin(client: dict[str, Any]) -> None:
    """Raise BadRequest when the ceremony ran inside a page of another origin."""
    if client.get("crossOrigin") or "topOrigin" in client:
        raise BadRequest(f"{REFUSED}: the ceremony ran in a frame of another origin")


def transports(credential: dict[str, Any]) -> list[str]:
    """Return how the authenticator can be reached, without what is no such word, or is one too many."""
    told = credential["response"].get("transports")
    words = [one for one in told if isinstance(one, str)] if isinstance(told, list) else []
    return [one for one in words if _TRANSPORT.fullmatch(one)][:_MOST_TRANSPORTS]
