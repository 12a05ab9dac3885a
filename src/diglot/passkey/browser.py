"""What the browser adds to a ceremony: its rules about pages, and the client data."""

import ipaddress
import json
from urllib.parse import urlsplit

from diglot.errors.passkey import InsecureOrigin, InvalidDomain, RelyingPartyMismatch
from diglot.passkey import base64url
from diglot.passkey.fault import Fault


def host_of(origin: str) -> str:
    """Name the host of an origin, which is the relying party id when the server names none."""
    return urlsplit(origin).hostname or ""


def check_page(*, origin: str, rp_id: str) -> None:
    """Refuse the pages that a browser refuses.

    The public suffix list is replaced by its smallest truth: a relying party id without a dot
    is accepted only when it is the host itself, as `localhost` is.
    Raises InsecureOrigin (DG701), InvalidDomain (DG702), RelyingPartyMismatch (DG703).
    """
    host = host_of(origin)
    address = _address(host)
    if not _is_secure(origin, host, address):
        raise InsecureOrigin(origin=origin)
    if address is not None:
        raise InvalidDomain(origin=origin)
    if host != rp_id and not ("." in rp_id and host.endswith(f".{rp_id}")):
        raise RelyingPartyMismatch(rp_id=rp_id, origin=origin)


def client_data(*, type_: str, challenge: bytes, origin: str, fault: Fault) -> bytes:
    """Write the client data, which the authenticator signs by its hash only."""
    stated = {
        "type": fault.type or type_,
        "challenge": base64url.encode(challenge if fault.challenge is None else fault.challenge),
        "origin": fault.origin or origin,
        "crossOrigin": fault.cross_origin,
    }
    return json.dumps(stated, separators=(",", ":"), ensure_ascii=False).encode()


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_secure(origin: str, host: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address | None) -> bool:
    scheme = urlsplit(origin).scheme
    is_local = host == "localhost" or host.endswith(".localhost") or (address is not None and address.is_loopback)
    return scheme == "https" or (scheme == "http" and is_local)
