"""Base64url without padding, the only binary form in WebAuthn's JSON."""

import base64
import binascii

_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def encode(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read base64url without padding.

    Raises ValueError for padding and for any other character: browsers refuse them too,
    while Python's own decoder would silently skip what it does not know.
    """
    strangers = set(text) - _ALPHABET
    if strangers:
        raise ValueError(f"not base64url without padding: found {''.join(sorted(strangers))!r}")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(f"not base64url: {error}") from error
