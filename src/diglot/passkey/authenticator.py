"""Answer WebAuthn options as a browser with an authenticator does."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from diglot.errors.passkey import (
    CredentialExcluded,
    DiscoverableUnavailable,
    MalformedOptions,
    NoCommonAlgorithm,
    NoMatchingCredential,
    UserVerificationUnavailable,
)
from diglot.passkey import authenticator_data, base64url, cbor
from diglot.passkey.authenticator_data import NO_FLAG, AttestedCredential, Flag
from diglot.passkey.browser import check_page, client_data, host_of
from diglot.passkey.credential import Algorithm, Credential, new_credential_id, new_private_key
from diglot.passkey.fault import HONEST, Fault

Json = Mapping[str, Any]


@dataclass(kw_only=True)
class Authenticator:
    """A software passkey with the credentials that it holds.

    algorithms: in its own order of preference. verifies_user, discoverable: what it can do.
    backup_eligible, backed_up: a synced passkey states both. counts: False for a synced one, whose
    counter stays 0. attestation: `none`, `packed` (self attestation), or `auto`, as the options ask.
    browser_rules: whether the rules of a browser and an honest authenticator are kept; without
    them a test can send what no browser would.
    """

    aaguid: bytes = bytes(16)
    algorithms: tuple[Algorithm, ...] = (Algorithm.ES256, Algorithm.EDDSA)
    verifies_user: bool = True
    discoverable: bool = True
    backup_eligible: bool = False
    backed_up: bool = False
    counts: bool = True
    attestation: str = "auto"
    browser_rules: bool = True
    credentials: list[Credential] = field(default_factory=list)

    def add(self, credential: Credential) -> None:
        """Take in a credential that was kept elsewhere, in place of one with the same id."""
        self.credentials = [one for one in self.credentials if one.id != credential.id] + [credential]

    def create(self, options: Json, *, origin: str, fault: Fault = HONEST) -> dict[str, Any]:
        """Make a credential, as `navigator.credentials.create()`; return its `toJSON()`.

        options: PublicKeyCredentialCreationOptionsJSON, bare or under `publicKey`.
        Raises the errors DG701 to DG709, named as a browser would name them.
        """
        asked = _inner(options)
        party = _object(asked, "rp")
        user = _object(asked, "user")
        rp_id = str(party.get("id") or host_of(origin))
        self._check_page(origin, rp_id)
        self._check_excluded(asked, rp_id)
        selection = asked.get("authenticatorSelection") or {}
        credential = Credential(
            id=new_credential_id(),
            rp_id=rp_id,
            user_handle=_binary(user, "id"),
            user_name=str(user.get("name", "")),
            discoverable=self._is_discoverable(selection, rp_id),
            backup_eligible=self.backup_eligible,
            backed_up=self.backed_up,
            counts=self.counts,
            private_key=new_private_key(self._algorithm(asked)),
        ).used()
        flags = self._flags(str(selection.get("userVerification", "preferred")), rp_id, fault) | Flag.AT
        attested = AttestedCredential(
            aaguid=self.aaguid, credential_id=fault.credential_id or credential.id, cose_key=credential.cose_key()
        )
        data = self._authenticator_data(credential, flags, fault, attested)
        client = client_data(
            type_="webauthn.create", challenge=_binary(asked, "challenge"), origin=origin, fault=fault
        )
        answer = self._registration(credential, data, client, str(asked.get("attestation", "none")), fault)
        if (asked.get("extensions") or {}).get("credProps"):
            answer["clientExtensionResults"] = {"credProps": {"rk": credential.discoverable}}
        self.add(credential)
        return answer

    def get(self, options: Json, *, origin: str, fault: Fault = HONEST) -> dict[str, Any]:
        """Sign a challenge, as `navigator.credentials.get()`; return its `toJSON()`.

        options: PublicKeyCredentialRequestOptionsJSON, bare or under `publicKey`. The newest
        credential that fits is used. Raises the errors DG701 to DG709.
        """
        asked = _inner(options)
        rp_id = str(asked.get("rpId") or host_of(origin))
        self._check_page(origin, rp_id)
        credential = self._choose(asked, rp_id).used()
        flags = self._flags(str(asked.get("userVerification", "preferred")), rp_id, fault)
        data = self._authenticator_data(credential, flags, fault, None)
        client = client_data(type_="webauthn.get", challenge=_binary(asked, "challenge"), origin=origin, fault=fault)
        response = {
            "clientDataJSON": base64url.encode(client),
            "authenticatorData": base64url.encode(data),
            "signature": base64url.encode(_signature(credential, data, client, fault)),
        }
        handle = fault.user_handle or (credential.user_handle if credential.discoverable else None)
        if handle is not None and not fault.omit_user_handle:
            response["userHandle"] = base64url.encode(handle)
        self.add(credential)
        return _answer(fault.credential_id or credential.id, response)

    def _check_page(self, origin: str, rp_id: str) -> None:
        if self.browser_rules:
            check_page(origin=origin, rp_id=rp_id)

    def _check_excluded(self, asked: Json, rp_id: str) -> None:
        held = {one.id for one in self.credentials if one.rp_id == rp_id}
        for excluded in asked.get("excludeCredentials") or ():
            if self.browser_rules and _binary(excluded, "id") in held:
                raise CredentialExcluded(credential_id=excluded["id"], rp_id=rp_id)

    def _is_discoverable(self, selection: Json, rp_id: str) -> bool:
        fallback = "required" if selection.get("requireResidentKey") else "discouraged"
        wish = selection.get("residentKey") or fallback
        if wish == "required" and not self.discoverable and self.browser_rules:
            raise DiscoverableUnavailable(rp_id=rp_id)
        return self.discoverable and wish in {"required", "preferred"}

    def _algorithm(self, asked: Json) -> Algorithm:
        offered = tuple(int(one["alg"]) for one in asked.get("pubKeyCredParams") or ())
        for number in offered:
            if number in self.algorithms:
                return Algorithm(number)
        raise NoCommonAlgorithm(offered=offered, supported=tuple(int(one) for one in self.algorithms))

    def _choose(self, asked: Json, rp_id: str) -> Credential:
        allowed = [_binary(one, "id") for one in asked.get("allowCredentials") or ()]
        held = [one for one in self.credentials if one.rp_id == rp_id]
        fitting = [one for one in held if (one.id in allowed if allowed else one.discoverable)]
        if not fitting:
            raise NoMatchingCredential(rp_id=rp_id, held=len(held), allowed=len(allowed) or None)
        return fitting[-1]

    def _flags(self, verification: str, rp_id: str, fault: Fault) -> Flag:
        if verification == "required" and not self.verifies_user and self.browser_rules:
            raise UserVerificationUnavailable(rp_id=rp_id)
        flags = Flag.UP
        flags |= Flag.UV if self.verifies_user and verification != "discouraged" else NO_FLAG
        flags |= Flag.BE if self.backup_eligible else NO_FLAG
        flags |= Flag.BS if self.backed_up else NO_FLAG
        return (flags & ~fault.clear) | fault.set

    @staticmethod
    def _authenticator_data(
        credential: Credential, flags: Flag, fault: Fault, attested: AttestedCredential | None
    ) -> bytes:
        count = credential.sign_count if fault.sign_count is None else fault.sign_count
        rp_id = fault.rp_id or credential.rp_id
        return authenticator_data.encode(rp_id=rp_id, flags=flags, sign_count=count, attested=attested)

    def _registration(
        self, credential: Credential, data: bytes, client: bytes, wish: str, fault: Fault
    ) -> dict[str, Any]:
        wanted = self.attestation if self.attestation != "auto" else wish
        statement: dict[str, Any] = {}
        if wanted not in {"none", "indirect"}:
            signature = _signature(credential, data, client, fault)
            statement = {"alg": int(credential.algorithm), "sig": signature}
        attestation = {"fmt": "packed" if statement else "none", "attStmt": statement, "authData": data}
        return _answer(
            fault.credential_id or credential.id,
            {
                "clientDataJSON": base64url.encode(client),
                "authenticatorData": base64url.encode(data),
                "transports": ["internal"],
                "publicKey": base64url.encode(credential.spki()),
                "publicKeyAlgorithm": int(credential.algorithm),
                "attestationObject": base64url.encode(cbor.encode(attestation)),
            },
        )


def _signature(credential: Credential, data: bytes, client: bytes, fault: Fault) -> bytes:
    signature = credential.sign(data + hashlib.sha256(client).digest())
    return signature[:-1] + bytes([signature[-1] ^ 1]) if fault.flip_signature else signature


def _answer(credential_id: bytes, response: dict[str, Any]) -> dict[str, Any]:
    shown = base64url.encode(credential_id)
    return {
        "id": shown,
        "rawId": shown,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    }


def _inner(options: Json) -> Json:
    inner = options.get("publicKey", options)
    if not isinstance(inner, Mapping):
        raise MalformedOptions(field="publicKey", problem="it is no object")
    return inner


def _object(asked: Json, name: str) -> Json:
    value = asked.get(name)
    if not isinstance(value, Mapping):
        raise MalformedOptions(field=name, problem="it is missing, or no object")
    return value


def _binary(asked: Json, name: str) -> bytes:
    try:
        return base64url.decode(asked[name])
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedOptions(field=name, problem=str(error)) from error
