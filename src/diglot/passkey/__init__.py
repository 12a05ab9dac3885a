"""A software passkey: a browser and an authenticator in one, for tests without either.

It speaks WebAuthn's JSON exactly as a browser's `toJSON()` does, needs `cryptography` alone, and
shares no code with the libraries that verify, so that a common mistake cannot hide.
"""

from diglot.passkey.authenticator import Authenticator
from diglot.passkey.authenticator_data import Flag
from diglot.passkey.credential import Algorithm, Credential
from diglot.passkey.fault import HONEST, Fault

__all__ = ["HONEST", "Algorithm", "Authenticator", "Credential", "Fault", "Flag"]
