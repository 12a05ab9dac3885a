"""What a browser or an authenticator would refuse (DG7xx)."""

from diglot.errors.base import DiglotError


class PasskeyError(DiglotError):
    """The base of every refusal of the software passkey; `dom_name` is what a browser calls it.

    `dom_name` is the `name` of the DOMException (or the JavaScript error) that
    `navigator.credentials.create()` or `.get()` rejects with in the same situation.
    """

    code = "DG700"
    dom_name = "UnknownError"


class InsecureOrigin(PasskeyError):
    """The page is not a secure context, so that it has no `navigator.credentials`."""

    code = "DG701"
    dom_name = "SecurityError"

    def __init__(self, *, origin: str) -> None:
        super().__init__(
            f"{origin!r} is not a secure context: passkeys need https, or http on localhost. "
            f"Fix: serve the page over https, or lift the browser's rules with `browser_rules=False`"
        )


class InvalidDomain(PasskeyError):
    """The host of the page is an IP literal, which can have no passkeys."""

    code = "DG702"
    dom_name = "SecurityError"

    def __init__(self, *, origin: str) -> None:
        super().__init__(
            f"the host of {origin!r} is an IP address, and a passkey belongs to a domain name. "
            f"Fix: use a name (`localhost` for the machine itself), or `browser_rules=False`"
        )


class RelyingPartyMismatch(PasskeyError):
    """The relying party id is neither the page's domain nor a domain above it."""

    code = "DG703"
    dom_name = "SecurityError"

    def __init__(self, *, rp_id: str, origin: str) -> None:
        super().__init__(
            f"the relying party id {rp_id!r} is neither the host of {origin!r} nor a domain above it. "
            f"Fix: make the server's relying party id a suffix of the page's host, or `browser_rules=False`"
        )


class CredentialExcluded(PasskeyError):
    """The server's exclude list names a credential that this authenticator holds."""

    code = "DG704"
    dom_name = "InvalidStateError"

    def __init__(self, *, credential_id: str, rp_id: str) -> None:
        super().__init__(
            f"the exclude list names credential {credential_id!r}, which this authenticator already holds for "
            f"{rp_id!r}. Fix: register from another authenticator, or remove that credential first"
        )


class NoCommonAlgorithm(PasskeyError):
    """Server and authenticator share no signature algorithm."""

    code = "DG705"
    dom_name = "NotSupportedError"

    def __init__(self, *, offered: tuple[int, ...], supported: tuple[int, ...]) -> None:
        super().__init__(
            f"the server offers the COSE algorithms {list(offered)}, the authenticator has {list(supported)}. "
            f"Fix: let `pubKeyCredParams` contain one of the authenticator's"
        )


class NoMatchingCredential(PasskeyError):
    """No credential fits the relying party and the allow list."""

    code = "DG706"
    dom_name = "NotAllowedError"

    def __init__(self, *, rp_id: str, held: int, allowed: int | None) -> None:
        wanted = "a discoverable one" if allowed is None else f"one of the {allowed} in the allow list"
        super().__init__(
            f"the authenticator holds {held} credentials for {rp_id!r}, but not {wanted}. "
            f"Fix: register first, or restore the credential with `add(Credential.from_dict(...))`"
        )


class UserVerificationUnavailable(PasskeyError):
    """The server requires user verification of an authenticator that cannot verify."""

    code = "DG707"
    dom_name = "NotAllowedError"

    def __init__(self, *, rp_id: str) -> None:
        super().__init__(
            f"{rp_id!r} requires user verification, and the authenticator was made with `verifies_user=False`. "
            f"Fix: verify the user, or `browser_rules=False` to answer without"
        )


class DiscoverableUnavailable(PasskeyError):
    """The server requires a discoverable credential of an authenticator that keeps none."""

    code = "DG708"
    dom_name = "NotAllowedError"

    def __init__(self, *, rp_id: str) -> None:
        super().__init__(
            f"{rp_id!r} requires a discoverable credential, and the authenticator was made with "
            f"`discoverable=False`. Fix: make it discoverable, or `browser_rules=False` to answer without"
        )


class MalformedOptions(PasskeyError):
    """The server's options are not what `parseCreationOptionsFromJSON` and its sibling accept."""

    code = "DG709"
    dom_name = "TypeError"

    def __init__(self, *, field: str, problem: str) -> None:
        super().__init__(
            f"the server's options are malformed at {field!r}: {problem}. "
            f"Fix: send the WebAuthn JSON form, in which binary values are base64url without padding"
        )


class UnreadableCredential(PasskeyError):
    """A stored credential cannot be restored."""

    code = "DG710"
    dom_name = "DataError"

    def __init__(self, *, field: str, problem: str) -> None:
        super().__init__(
            f"the stored credential cannot be restored at {field!r}: {problem}. "
            f"Fix: restore only what `Credential.to_dict()` gave"
        )


class NotCanonical(PasskeyError):
    """A value has no canonical CBOR form among those that an authenticator sends."""

    code = "DG711"
    dom_name = "EncodingError"

    def __init__(self, *, value: str, problem: str) -> None:
        super().__init__(
            f"{value} cannot be encoded as canonical CBOR: {problem}. "
            f"Fix: use 64-bit integers, booleans, bytes, text, lists and dictionaries of these"
        )


class CryptographyMissing(PasskeyError, ImportError):
    """The library that makes keys and signatures is not installed."""

    code = "DG712"

    def __init__(self, *, problem: str) -> None:
        super().__init__(
            f"the software passkey needs the library `cryptography`, and importing it says: {problem}. "
            f"Fix: pip install 'diglot[passkey]'"
        )
