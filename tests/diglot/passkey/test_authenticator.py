"""The software passkey is believed by two verifiers when it is honest, and lies in one exact place when told."""

import json
from collections.abc import Callable

import pytest
from verifiers import ORIGIN, RP_ID, Fido2, PyWebauthn, Verifier

from diglot.errors.passkey import (
    CredentialExcluded,
    InsecureOrigin,
    InvalidDomain,
    MalformedOptions,
    NoCommonAlgorithm,
    NoMatchingCredential,
    PasskeyError,
    RelyingPartyMismatch,
    UnreadableCredential,
    UserVerificationUnavailable,
)
from diglot.passkey import Algorithm, Authenticator, Credential, Fault, Flag

BOTH = pytest.mark.parametrize("verifier", [PyWebauthn(), Fido2()], ids=["webauthn", "fido2"])
KINDS = {
    "ES256": {"algorithms": (Algorithm.ES256,)},
    "EdDSA": {"algorithms": (Algorithm.EDDSA,)},
    "packed": {"attestation": "packed"},
    "synced": {"backup_eligible": True, "backed_up": True, "counts": False},
}
# What an assertion lies about, and which library lets it pass: that is for the application to refuse.
LIES = [
    ("origin", Fault(origin="https://evil.example.net"), {}),
    ("sub-domain", Fault(origin="https://login.app.example.com"), {Fido2}),
    ("relying party", Fault(rp_id="evil.example.net"), {}),
    ("challenge", Fault(challenge=b"x" * 32), {}),
    ("type", Fault(type="webauthn.create"), {}),
    ("signature", Fault(flip_signature=True), {}),
    ("user verification", Fault(clear=Flag.UV), {}),
    ("user presence", Fault(clear=Flag.UP), {}),
    ("equal counter", Fault(sign_count=1), {Fido2}),
    ("counter back at 0", Fault(sign_count=0), {Fido2}),
    ("backed up, not eligible", Fault(set=Flag.BS), {Fido2}),
    ("backup eligibility", Fault(set=Flag.BE), {PyWebauthn, Fido2}),
    ("cross-origin", Fault(cross_origin=True), {PyWebauthn, Fido2}),
    ("user handle", Fault(user_handle=b"someone else"), {PyWebauthn, Fido2}),
    ("credential id", Fault(credential_id=b"z" * 32), {PyWebauthn}),
]


def _accepts(step: Callable[[], None]) -> bool:
    try:
        step()
    except Exception:  # noqa: BLE001 - the libraries have no common class for a refusal
        return False
    return True


def _registered(verifier: Verifier, **how: object) -> Authenticator:
    authenticator = Authenticator(browser_rules=False, **how)
    verifier.register(authenticator.create(verifier.creation_options(), origin=ORIGIN))
    return authenticator


@BOTH
@pytest.mark.parametrize("kind", KINDS)
def test_honest_passkey_is_believed(verifier: Verifier, kind: str) -> None:
    """Registration and two logins are accepted, whatever kind of passkey it is."""
    authenticator = _registered(verifier, **KINDS[kind])

    answers = [authenticator.get(verifier.request_options(), origin=ORIGIN) for _ in range(1)]

    assert _accepts(lambda: verifier.login(answers[0]))


@BOTH
@pytest.mark.parametrize(("what", "fault", "let_pass"), LIES, ids=[one[0] for one in LIES])
def test_lie_is_refused_except_where_the_library_leaves_it_to_us(
    verifier: Verifier, what: str, fault: Fault, let_pass: set[type]
) -> None:
    """Each lie is refused by a verifier, or is known to pass it."""
    authenticator = _registered(verifier)

    answer = authenticator.get(verifier.request_options(), origin=ORIGIN, fault=fault)

    assert _accepts(lambda: verifier.login(answer)) == (type(verifier) in let_pass)


@BOTH
def test_packed_attestation_with_a_bad_signature_is_what_it_is(verifier: Verifier) -> None:
    """A flipped bit in a self attestation is noticed by the library that verifies attestation."""
    authenticator = Authenticator(attestation="packed")

    answer = authenticator.create(verifier.creation_options(), origin=ORIGIN, fault=Fault(flip_signature=True))

    assert _accepts(lambda: verifier.register(answer)) == isinstance(verifier, Fido2)


def test_answers_have_the_shape_of_a_browsers_json() -> None:
    """The keys are those of `toJSON()`, and everything is JSON."""
    verifier = PyWebauthn()
    authenticator = Authenticator()

    made = authenticator.create(verifier.creation_options(), origin=ORIGIN)
    got = authenticator.get(verifier.request_options(), origin=ORIGIN)

    outer = {"id", "rawId", "type", "authenticatorAttachment", "clientExtensionResults", "response"}
    assert made.keys() == got.keys() == outer
    assert made["response"].keys() == {
        "attestationObject", "authenticatorData", "clientDataJSON", "publicKey", "publicKeyAlgorithm", "transports",
    }  # fmt: skip
    assert got["response"].keys() == {"authenticatorData", "clientDataJSON", "signature", "userHandle"}
    assert json.loads(json.dumps([made, got])) == [made, got]


@pytest.mark.parametrize("kind", ["ES256", "EdDSA"])
def test_credential_logs_in_from_what_was_kept(kind: str) -> None:
    """A credential kept as JSON and restored in another authenticator goes on counting."""
    verifier = PyWebauthn()
    kept = json.dumps([one.to_dict() for one in _registered(verifier, **KINDS[kind]).credentials])

    authenticator = Authenticator()
    authenticator.add(Credential.from_dict(json.loads(kept)[0]))
    answer = authenticator.get(verifier.request_options(), origin=ORIGIN)

    assert _accepts(lambda: verifier.login(answer))


@pytest.mark.parametrize(
    ("origin", "rp_id", "error"),
    [
        ("http://app.example.com", "app.example.com", InsecureOrigin),
        ("https://127.0.0.1", "127.0.0.1", InvalidDomain),
        ("http://127.0.0.1:8000", "127.0.0.1", InvalidDomain),
        ("https://app.example.com", "other.example.com", RelyingPartyMismatch),
        ("https://app.example.com", "com", RelyingPartyMismatch),
    ],
)
def test_page_that_a_browser_refuses_is_refused(origin: str, rp_id: str, error: type[PasskeyError]) -> None:
    """The rules of a browser are kept, with its name for the refusal."""
    options = {**PyWebauthn().request_options(), "rpId": rp_id}

    with pytest.raises(error) as caught:
        Authenticator().get(options, origin=origin)

    assert caught.value.dom_name == "SecurityError"


def test_excluded_credential_is_refused() -> None:
    """An authenticator that is registered already says so."""
    verifier = PyWebauthn()
    authenticator = Authenticator()
    made = authenticator.create(verifier.creation_options(), origin=ORIGIN)
    options = {**verifier.creation_options(), "excludeCredentials": [{"id": made["id"], "type": "public-key"}]}

    with pytest.raises(CredentialExcluded):
        authenticator.create(options, origin=ORIGIN)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"challenge": "a=="}, MalformedOptions),
        ({"rp": None}, MalformedOptions),
        ({"pubKeyCredParams": [{"alg": -257, "type": "public-key"}]}, NoCommonAlgorithm),
    ],
    ids=str,
)
def test_options_that_cannot_be_answered_are_refused(change: dict[str, object], error: type[PasskeyError]) -> None:
    """Malformed options, and options that share no algorithm, are named."""
    with pytest.raises(error):
        Authenticator().create({**PyWebauthn().creation_options(), **change}, origin=ORIGIN)


def test_authenticator_without_the_credential_has_nothing_to_say() -> None:
    """No credential for the relying party is `NotAllowedError`, as in a browser."""
    with pytest.raises(NoMatchingCredential, match=RP_ID):
        Authenticator().get(PyWebauthn().request_options(), origin=ORIGIN)


def test_authenticator_that_cannot_verify_the_user_is_refused() -> None:
    """Required user verification is not answered without it."""
    with pytest.raises(UserVerificationUnavailable):
        Authenticator(verifies_user=False).create(PyWebauthn().creation_options(), origin=ORIGIN)


@pytest.mark.parametrize("damage", [{"privateKey": "AAAA"}, {"rpId": 3}, {"signCount": True}, {"credentialId": "a="}])
def test_damaged_credential_is_not_restored(damage: dict[str, object]) -> None:
    """What was not kept whole is refused, and the field is named."""
    kept = _registered(PyWebauthn()).credentials[0].to_dict()

    with pytest.raises(UnreadableCredential, match=next(iter(damage))):
        Credential.from_dict({**kept, **damage})
