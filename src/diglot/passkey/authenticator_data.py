"""The authenticator data: what an authenticator signs besides the client's own words."""

import hashlib
import struct
from dataclasses import dataclass
from enum import IntFlag


class Flag(IntFlag):
    """The flags of the authenticator data, under their names in the specification."""

    UP = 0x01
    """The user was present."""
    UV = 0x04
    """The user was verified, by biometrics or a PIN."""
    BE = 0x08
    """The credential may be backed up; this never changes in its life."""
    BS = 0x10
    """The credential is backed up now."""
    AT = 0x40
    """Attested credential data follows, as at registration."""
    ED = 0x80
    """Extension data follows."""


NO_FLAG = Flag(0)


@dataclass(frozen=True, kw_only=True)
class AttestedCredential:
    """The new credential, as the authenticator data of a registration carries it."""

    aaguid: bytes
    credential_id: bytes
    cose_key: bytes

    def encode(self) -> bytes:
        """Lay out model, length of the id, id, and public key."""
        return self.aaguid + struct.pack(">H", len(self.credential_id)) + self.credential_id + self.cose_key


def encode(*, rp_id: str, flags: Flag, sign_count: int, attested: AttestedCredential | None = None) -> bytes:
    """Lay out the authenticator data: 37 bytes, followed by the attested credential, if any."""
    head = hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, sign_count)
    return head + (attested.encode() if attested else b"")
