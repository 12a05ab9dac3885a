"""Answer a server's WebAuthn options as a browser with a platform authenticator does."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from diglot.errors.passkey import (
    CredentialExcluded,
    DiscoverableUnavailable,
    NoCommonAlgorithm,
    NoMatchingCredential,
    UserVerificationUnavailable,
)
from diglot.passkey import authenticator_data, base64url, browser, cbor
from diglot.passkey.authenticator_data import NO_FLAG, AttestedCredential, Flag
from diglot.passkey.credential import Algorithm, Credential, new_credential_id, new_private_key
from diglot.passkey.fault import HONEST, Fault
from diglot.passkey.options import CreationOptions, RequestOptions

Attestation = Literal["as asked", "none", "packed"]


class Authenticator:
    """A browser and its authenticator in one; it holds credentials of any number of sites.

    algorithms: what it can sign with; the server's order decides among them.
    verifies_user, discoverable: what it is able to do.
    backup_eligible, backed_up, counts: what its new credentials are (synced: True, True, False).
    attestation: "as asked" gives a packed self attestation to a server that asks for a direct one.
    browser_rules: without them it answers from every page, and without abilities it lacks.
    """

    def __init__(
        self,
        *,
        algorithms: Iterable[Algorithm] = (Algorithm.ES256,),
        verifies_user: bool = True,
        discoverable: bool = True,
        backup_eligible: bool = False,
        backed_up: bool = False,
        counts: bool = True,
        attestation: Attestation = "as asked",
        aaguid: bytes = bytes(16),
        browser_rules: bool = True,
    ) -> None:
        self._algorithms = tuple(algorithms)
        self._verifies_user = verifies_user
        self._discoverable = discoverable
        self._backup_eligible = backup_eligible
        self._backed_up = backed_up
        self._counts = counts
        self._attestation = attestation
        self._aaguid = aaguid
        self._browser_rules = browser_rules
        self._credentials: dict[bytes, Credential] = {}

    @property
    def credentials(self) -> tuple[Credential, ...]:
        """Everything it holds, oldest first."""
        return tuple(self._credentials.values())

    def add(self, credential: Credential) -> None:
        """Hold a credential that was made elsewhere or restored; it becomes the newest."""
        self._credentials.pop(credential.id, None)
        self._credentials[credential.id] = credential

    def remove(self, credential_id: bytes) -> None:
        """Forget a credential. Raises KeyError when it holds none of this id."""
        del self._credentials[credential_id]

    def create(self, options: Mapping[str, Any], *, origin: str, fault: Fault = HONEST) -> dict[str, Any]:
        """Make a credential and answer like `(await navigator.credentials.create(options)).toJSON()`.

        Raises a PasskeyError (DG7xx) whose `dom_name` is the error that a browser would raise.
        """
        asked = CreationOptions.from_json(options)
        rp_id = self._relying_party(asked.rp_id, origin)
        self._refuse_excluded(asked, rp_id)
        credential = self._new_credential(asked, rp_id).used()
        flags = self._flags(asked.user_verification, credential, fault, always=Flag.AT)
        client_data = browser.client_data(
            type_="webauthn.create", challenge=asked.challenge, origin=origin, fault=fault
        )
        auth_data = authenticator_data.encode(
            rp_id=fault.rp_id or rp_id,
            flags=flags,
            sign_count=credential.sign_count if fault.sign_count is None else fault.sign_count,
            attested=AttestedCredential(
                aaguid=self._aaguid, credential_id=credential.id, cose_key=credential.cose_key()
            ),
        )
        statement = self._attest(asked.attestation, credential, auth_data, client_data, fault)
        self._store(credential)
        extensions = {"credProps": {"rk": credential.discoverable}} if asked.wants_cred_props else {}
        response = {
            "clientDataJSON": base64url.encode(client_data),
            "attestationObject": base64url.encode(statement),
            "authenticatorData": base64url.encode(auth_data),
            "transports": ["internal"],
            "publicKey": base64url.encode(credential.spki()),
            "publicKeyAlgorithm": int(credential.algorithm),
        }
        return _answer(credential.id, response, extensions, fault)

    def get(
        self,
        options: Mapping[str, Any],
        *,
        origin: str,
        credential_id: bytes | None = None,
        fault: Fault = HONEST,
    ) -> dict[str, Any]:
        """Sign an assertion and answer like `(await navigator.credentials.get(options)).toJSON()`.

        credential_id: what a user with several accounts picks; the newest, when not given.
        Raises a PasskeyError (DG7xx) whose `dom_name` is the error that a browser would raise.
        """
        asked = RequestOptions.from_json(options)
        rp_id = self._relying_party(asked.rp_id, origin)
        credential = self._choose(asked, rp_id, credential_id).used()
        flags = self._flags(asked.user_verification, credential, fault)
        client_data = browser.client_data(type_="webauthn.get", challenge=asked.challenge, origin=origin, fault=fault)
        auth_data = authenticator_data.encode(
            rp_id=fault.rp_id or rp_id,
            flags=flags,
            sign_count=credential.sign_count if fault.sign_count is None else fault.sign_count,
        )
        self._credentials[credential.id] = credential
        response = {
            "clientDataJSON": base64url.encode(client_data),
            "authenticatorData": base64url.encode(auth_data),
            "signature": base64url.encode(_signature(credential, auth_data, client_data, fault)),
        }
        stated_handle = credential.user_handle if fault.user_handle is None else fault.user_handle
        is_stated = credential.discoverable or fault.user_handle is not None
        if is_stated and not fault.omit_user_handle:
            response["userHandle"] = base64url.encode(stated_handle)
        return _answer(credential.id, response, {}, fault)

    def _relying_party(self, stated: str | None, origin: str) -> str:
        rp_id = stated or browser.host_of(origin)
        if self._browser_rules:
            browser.check_page(origin=origin, rp_id=rp_id)
        return rp_id

    def _refuse_excluded(self, asked: CreationOptions, rp_id: str) -> None:
        for credential in self.credentials:
            if credential.rp_id == rp_id and credential.id in asked.excluded:
                raise CredentialExcluded(credential_id=base64url.encode(credential.id), rp_id=rp_id)

    def _new_credential(self, asked: CreationOptions, rp_id: str) -> Credential:
        shared = [Algorithm(number) for number in asked.algorithms if number in self._algorithms]
        if not shared:
            supported = tuple(int(algorithm) for algorithm in self._algorithms)
            raise NoCommonAlgorithm(offered=asked.algorithms, supported=supported)
        if asked.resident_key == "required" and not self._discoverable and self._browser_rules:
            raise DiscoverableUnavailable(rp_id=rp_id)
        return Credential(
            id=new_credential_id(),
            rp_id=rp_id,
            user_handle=asked.user_handle,
            user_name=asked.user_name,
            discoverable=self._discoverable and asked.resident_key in {"required", "preferred"},
            backup_eligible=self._backup_eligible,
            backed_up=self._backed_up,
            counts=self._counts,
            private_key=new_private_key(shared[0]),
        )

    def _store(self, new: Credential) -> None:
        """Hold a new credential; a discoverable one replaces its user's former one, as CTAP2 demands."""
        former = [
            held.id
            for held in self.credentials
            if new.discoverable
            and held.discoverable
            and (held.rp_id, held.user_handle) == (new.rp_id, new.user_handle)
        ]
        for credential_id in former:
            self.remove(credential_id)
        self.add(new)

    def _choose(self, asked: RequestOptions, rp_id: str, picked: bytes | None) -> Credential:
        held = [credential for credential in self.credentials if credential.rp_id == rp_id]
        fitting = [
            credential
            for credential in held
            if (credential.id in asked.allowed if asked.allowed else credential.discoverable)
            and picked in {None, credential.id}
        ]
        if not fitting:
            raise NoMatchingCredential(rp_id=rp_id, held=len(held), allowed=len(asked.allowed) or None)
        return fitting[-1]

    def _flags(self, wanted: str, credential: Credential, fault: Fault, *, always: Flag = NO_FLAG) -> Flag:
        if wanted == "required" and not self._verifies_user and self._browser_rules:
            raise UserVerificationUnavailable(rp_id=credential.rp_id)
        flags = Flag.UP | always
        if self._verifies_user and wanted != "discouraged":
            flags |= Flag.UV
        if credential.backup_eligible:
            flags |= Flag.BE
        if credential.backed_up:
            flags |= Flag.BS
        return (flags & ~fault.clear) | fault.set

    def _attest(
        self, conveyance: str, credential: Credential, auth_data: bytes, client_data: bytes, fault: Fault
    ) -> bytes:
        as_asked = "packed" if conveyance in {"direct", "enterprise"} else "none"
        if (as_asked if self._attestation == "as asked" else self._attestation) == "none":
            return cbor.encode({"fmt": "none", "attStmt": {}, "authData": auth_data})
        signature = _signature(credential, auth_data, client_data, fault)
        statement: dict[str, cbor.Cbor] = {"alg": int(credential.algorithm), "sig": signature}
        return cbor.encode({"fmt": "packed", "attStmt": statement, "authData": auth_data})


def _signature(credential: Credential, auth_data: bytes, client_data: bytes, fault: Fault) -> bytes:
    signature = credential.sign(auth_data + hashlib.sha256(client_data).digest())
    return signature[:-1] + bytes([signature[-1] ^ 1]) if fault.flip_signature else signature


def _answer(
    credential_id: bytes, response: dict[str, Any], extensions: dict[str, Any], fault: Fault
) -> dict[str, Any]:
    stated_id = base64url.encode(fault.credential_id or credential_id)
    return {
        "id": stated_id,
        "rawId": stated_id,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": extensions,
        "response": response,
    }
