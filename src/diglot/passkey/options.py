"""Read the options that a server sends: the JSON that `parseCreationOptionsFromJSON` takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diglot.errors.passkey import MalformedOptions
from diglot.passkey import base64url


@dataclass(frozen=True, kw_only=True)
class CreationOptions:
    """What a server asks of a new credential; a field it may leave out has its default here."""

    challenge: bytes
    rp_id: str | None
    user_handle: bytes
    user_name: str
    algorithms: tuple[int, ...]
    excluded: frozenset[bytes]
    resident_key: str
    user_verification: str
    attestation: str
    wants_cred_props: bool

    @classmethod
    def from_json(cls, options: Mapping[str, Any]) -> "CreationOptions":
        """Read the options, wrapped in `publicKey` or bare. Raises MalformedOptions (DG709)."""
        bare = _bare(options)
        party, user = _object(bare, "rp"), _object(bare, "user")
        selection = bare.get("authenticatorSelection") or {}
        legacy = "required" if selection.get("requireResidentKey") else "discouraged"
        return cls(
            challenge=_binary(bare, "challenge"),
            rp_id=party.get("id"),
            user_handle=_binary(user, "id", within="user."),
            user_name=_text(user, "name", within="user."),
            algorithms=tuple(entry["alg"] for entry in bare.get("pubKeyCredParams") or _DEFAULT_PARAMS),
            excluded=frozenset(_descriptors(bare, "excludeCredentials")),
            resident_key=selection.get("residentKey") or legacy,
            user_verification=selection.get("userVerification") or "preferred",
            attestation=bare.get("attestation") or "none",
            wants_cred_props=bool((bare.get("extensions") or {}).get("credProps")),
        )


@dataclass(frozen=True, kw_only=True)
class RequestOptions:
    """What a server asks of an assertion; `allowed` is empty when any discoverable credential will do."""

    challenge: bytes
    rp_id: str | None
    allowed: frozenset[bytes]
    user_verification: str

    @classmethod
    def from_json(cls, options: Mapping[str, Any]) -> "RequestOptions":
        """Read the options, wrapped in `publicKey` or bare. Raises MalformedOptions (DG709)."""
        bare = _bare(options)
        return cls(
            challenge=_binary(bare, "challenge"),
            rp_id=bare.get("rpId"),
            allowed=frozenset(_descriptors(bare, "allowCredentials")),
            user_verification=bare.get("userVerification") or "preferred",
        )


# What the specification assumes when a server offers no algorithm: ES256, then RS256.
_DEFAULT_PARAMS = ({"alg": -7}, {"alg": -257})


def _bare(options: Mapping[str, Any]) -> Mapping[str, Any]:
    return _object(options, "publicKey") if "publicKey" in options else options


def _object(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    if not isinstance(value, Mapping):
        raise MalformedOptions(field=name, problem=f"expected an object, found {value!r}")
    return value


def _text(data: Mapping[str, Any], name: str, *, within: str = "") -> str:
    value = data.get(name)
    if not isinstance(value, str):
        raise MalformedOptions(field=within + name, problem=f"expected a text, found {value!r}")
    return value


def _binary(data: Mapping[str, Any], name: str, *, within: str = "") -> bytes:
    try:
        return base64url.decode(_text(data, name, within=within))
    except ValueError as error:
        raise MalformedOptions(field=within + name, problem=str(error)) from error


def _descriptors(data: Mapping[str, Any], name: str) -> list[bytes]:
    entries = data.get(name) or ()
    return [_binary(entry, "id", within=f"{name}[{index}].") for index, entry in enumerate(entries)]
