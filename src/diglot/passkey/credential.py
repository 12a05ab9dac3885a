"""One passkey: its key pair, whom it belongs to, and how it is kept between runs."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Any, TypeVar

from diglot.errors.passkey import CryptographyMissing, UnreadableCredential
from diglot.passkey import base64url, cbor

try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
        load_der_private_key,
    )
except ImportError as error:
    raise CryptographyMissing(problem=str(error)) from error


T = TypeVar("T")


class Algorithm(IntEnum):
    """The signature algorithms, by their COSE numbers."""

    ES256 = -7
    EDDSA = -8


PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A passkey as its authenticator holds it, private key included.

    counts: a device-bound key counts its signatures; a synced one states 0 for ever.
    sign_count: the counter that the last answer carried.
    """

    id: bytes
    rp_id: str
    user_handle: bytes
    user_name: str
    discoverable: bool
    backup_eligible: bool
    backed_up: bool
    counts: bool
    sign_count: int = 0
    private_key: PrivateKey = field(repr=False, compare=False)

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm that this key signs with."""
        return Algorithm.ES256 if isinstance(self.private_key, ec.EllipticCurvePrivateKey) else Algorithm.EDDSA

    def used(self) -> "Credential":
        """The same credential after one more signature."""
        return replace(self, sign_count=self.sign_count + 1) if self.counts else self

    def sign(self, data: bytes) -> bytes:
        """Sign `data` (ES256: a DER sequence of two integers)."""
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            return self.private_key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self.private_key.sign(data)

    def cose_key(self) -> bytes:
        """The public key as an authenticator states it (RFC 9053)."""
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            point = self.private_key.public_key().public_numbers()
            x, y = point.x.to_bytes(32, "big"), point.y.to_bytes(32, "big")
            return cbor.encode({1: 2, 3: Algorithm.ES256, -1: 1, -2: x, -3: y})
        return cbor.encode({1: 1, 3: Algorithm.EDDSA, -1: 6, -2: self.private_key.public_key().public_bytes_raw()})

    def spki(self) -> bytes:
        """The public key as a browser states it (DER SubjectPublicKeyInfo)."""
        return self.private_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def to_dict(self) -> dict[str, Any]:
        """Give the credential as JSON values, under the names of WebDriver's virtual authenticators.

        It contains the private key (PKCS #8): whoever reads it can log in.
        """
        key = self.private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return {
            "credentialId": base64url.encode(self.id),
            "isResidentCredential": self.discoverable,
            "rpId": self.rp_id,
            "privateKey": base64url.encode(key),
            "userHandle": base64url.encode(self.user_handle),
            "userName": self.user_name,
            "signCount": self.sign_count,
            "backupEligibility": self.backup_eligible,
            "backupState": self.backed_up,
            "counts": self.counts,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Credential":
        """Restore what `to_dict` gave, also after a round trip through JSON.

        Raises UnreadableCredential (DG710).
        """
        return cls(
            id=_binary(data, "credentialId"),
            rp_id=_field(data, "rpId", str),
            user_handle=_binary(data, "userHandle"),
            user_name=_field(data, "userName", str),
            discoverable=_field(data, "isResidentCredential", bool),
            backup_eligible=_field(data, "backupEligibility", bool),
            backed_up=_field(data, "backupState", bool),
            counts=_field(data, "counts", bool),
            sign_count=_field(data, "signCount", int),
            private_key=_private_key(data),
        )


def new_private_key(algorithm: Algorithm) -> PrivateKey:
    """Make a key pair."""
    if algorithm is Algorithm.ES256:
        return ec.generate_private_key(ec.SECP256R1())
    return ed25519.Ed25519PrivateKey.generate()


def new_credential_id() -> bytes:
    """Make an identifier of 32 random bytes."""
    return secrets.token_bytes(32)


def _field(data: Mapping[str, Any], name: str, kind: type[T]) -> T:
    value = data.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UnreadableCredential(field=name, problem=f"{value!r} is no {kind.__name__}")
    return value


def _binary(data: Mapping[str, Any], name: str) -> bytes:
    try:
        return base64url.decode(_field(data, name, str))
    except ValueError as error:
        raise UnreadableCredential(field=name, problem=str(error)) from error


def _private_key(data: Mapping[str, Any]) -> PrivateKey:
    try:
        key = load_der_private_key(_binary(data, "privateKey"), password=None)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnreadableCredential(field="privateKey", problem=str(error)) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey):
        raise UnreadableCredential(field="privateKey", problem=f"{type(key).__name__} signs neither ES256 nor EdDSA")
    return key
