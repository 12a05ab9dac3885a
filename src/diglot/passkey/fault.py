"""Lie in one exact place, so that a test shows who notices.

Whatever is changed here is changed *before* the signature is made, so that the signature
stays valid and only the lie itself can give the answer away; `flip_signature` is the exception.
"""

from dataclasses import dataclass

from diglot.passkey.authenticator_data import NO_FLAG, Flag


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What one answer states otherwise than the truth; a field left alone tells the truth.

    origin, challenge, type, cross_origin: in the client data.
    rp_id: the relying party whose hash the authenticator data carries.
    clear, set: flags of the authenticator data, cleared before they are set.
    sign_count: the counter that is sent; the authenticator's own goes on counting.
    credential_id: the `id` and `rawId` of the answer; the signing key stays the same.
    user_handle, omit_user_handle: whom the assertion says it belongs to.
    flip_signature: the last bit of the signature of an assertion or of a packed attestation.
    """

    origin: str | None = None
    challenge: bytes | None = None
    type: str | None = None
    cross_origin: bool = False
    rp_id: str | None = None
    clear: Flag = NO_FLAG
    set: Flag = NO_FLAG
    sign_count: int | None = None
    credential_id: bytes | None = None
    user_handle: bytes | None = None
    omit_user_handle: bool = False
    flip_signature: bool = False


HONEST = Fault()
