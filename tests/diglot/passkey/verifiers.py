"""Two independent verifiers of what a passkey says: `webauthn` and `fido2.server`."""

import json
from dataclasses import dataclass, field
from typing import Any

import webauthn
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.helpers import options_to_json_dict, structs

RP_ID = "app.example.com"
ORIGIN = "https://app.example.com"
HANDLE = b"user-0001-handle"
RS = structs.AuthenticatorSelectionCriteria(
    resident_key=structs.ResidentKeyRequirement.REQUIRED,
    user_verification=structs.UserVerificationRequirement.REQUIRED,
)


@dataclass
class PyWebauthn:
    """The library `webauthn`, with the little state that an application keeps."""

    attestation: str = "none"
    challenge: bytes = b""
    public_key: bytes = b""
    count: int = 0

    def creation_options(self) -> dict[str, Any]:
        """Return creation options, and remember their challenge."""
        options = webauthn.generate_registration_options(
            rp_id=RP_ID,
            rp_name="x",
            user_id=HANDLE,
            user_name="ada",
            attestation=structs.AttestationConveyancePreference(self.attestation),
            authenticator_selection=RS,
        )
        self.challenge = options.challenge
        return dict(options_to_json_dict(options))

    def register(self, answer: dict[str, Any]) -> None:
        """Verify a registration."""
        verified = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=self.challenge,
            expected_rp_id=RP_ID,
            expected_origin=ORIGIN,
            require_user_verification=True,
        )
        self.public_key, self.count = verified.credential_public_key, verified.sign_count

    def request_options(self) -> dict[str, Any]:
        """Return request options, and remember their challenge."""
        options = webauthn.generate_authentication_options(
            rp_id=RP_ID, user_verification=structs.UserVerificationRequirement.REQUIRED
        )
        self.challenge = options.challenge
        return dict(options_to_json_dict(options))

    def login(self, answer: dict[str, Any]) -> None:
        """Verify an assertion."""
        webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=self.challenge,
            expected_rp_id=RP_ID,
            expected_origin=ORIGIN,
            credential_public_key=self.public_key,
            credential_current_sign_count=self.count,
            require_user_verification=True,
        )


@dataclass
class Fido2:
    """The library `fido2`, with the state that it hands back."""

    attestation: str = "none"
    state: Any = None
    credentials: list[Any] = field(default_factory=list)
    server: Fido2Server = field(init=False)

    def __post_init__(self) -> None:
        """Make the server."""
        wish = AttestationConveyancePreference(self.attestation)
        self.server = Fido2Server(PublicKeyCredentialRpEntity(name="x", id=RP_ID), attestation=wish)

    def creation_options(self) -> dict[str, Any]:
        """Return creation options, and remember their state."""
        options, self.state = self.server.register_begin(
            PublicKeyCredentialUserEntity(id=HANDLE, name="ada", display_name="Ada"),
            user_verification=UserVerificationRequirement.REQUIRED,
            resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        )
        return _plain(options)

    def register(self, answer: dict[str, Any]) -> None:
        """Verify a registration."""
        data = self.server.register_complete(self.state, answer)
        self.credentials = [data.credential_data]

    def request_options(self) -> dict[str, Any]:
        """Return request options, and remember their state."""
        options, self.state = self.server.authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
        return _plain(options)

    def login(self, answer: dict[str, Any]) -> None:
        """Verify an assertion."""
        self.server.authenticate_complete(self.state, self.credentials, answer)


Verifier = PyWebauthn | Fido2


def _plain(options: Any) -> dict[str, Any]:
    inner: dict[str, Any] = dict(options)["publicKey"]
    return dict(json.loads(json.dumps(inner, default=dict)))
