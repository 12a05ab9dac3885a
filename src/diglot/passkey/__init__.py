"""A passkey made of software: a browser and its authenticator, for tests and smoke runs.

It speaks the JSON of WebAuthn Level 3, so that what a server sends goes in as it is, and what
comes out is what a browser's `toJSON()` gives. It needs only `cryptography`
(`pip install 'diglot[passkey]'`), and none of the code that servers verify with.

    authenticator = Authenticator()
    attestation = authenticator.create(creation_options, origin="https://app.example.com")
    assertion = authenticator.get(request_options, origin="https://app.example.com")
"""

from diglot.passkey.authenticator import Authenticator
from diglot.passkey.authenticator_data import Flag
from diglot.passkey.credential import Algorithm, Credential
from diglot.passkey.fault import HONEST, Fault

__all__ = ["HONEST", "Algorithm", "Authenticator", "Credential", "Fault", "Flag"]
